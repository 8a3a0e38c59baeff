// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.core.client.ClientOptions;
import io.quorate.node.GroupConfig;
import io.quorate.node.QuorateClient;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.config.Endpoint;
import io.quorate.node.plugin.StartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How a command finds the running group. */
final class GroupOptions {
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  @ArgGroup(multiplicity = "1")
  private @Nullable Where where;

  @Option(
      names = "--timeout",
      paramLabel = "<time>",
      defaultValue = "10s",
      converter = TimeConverter.class,
      description = "How long to wait and retry; default ${DEFAULT-VALUE}.")
  private Duration timeout = Duration.ofSeconds(10);

  /** One of two ways. */
  static final class Where {
    @Option(
        names = "--config",
        paramLabel = "<file>",
        required = true,
        description = "Configuration of the group; its members are asked.")
    private @Nullable Path config;

    @Option(
        names = "--connect",
        paramLabel = "<host:port,...>",
        required = true,
        description = "Some replicas, separated by commas; the others are learnt from them.")
    private @Nullable String connect;
  }

  /** Connects; the caller closes the client. */
  public QuorateClient connect() {
    return connect(1024);
  }

  /** As {@link #connect()}, with as many unanswered commands in a session. */
  public QuorateClient connect(int outstandingMax) {
    ClientOptions defaults = ClientOptions.DEFAULT;
    Duration attempt = timeout.compareTo(ATTEMPT) < 0 ? timeout : ATTEMPT;
    ClientOptions options =
        new ClientOptions(
            timeout, attempt, defaults.retryMin(), defaults.retryMax(), outstandingMax);
    Where given = where;
    if (given == null) {
      throw new IllegalStateException("picocli demands one of --config and --connect");
    }
    if (given.config != null) {
      QuorateClient client =
          QuorateClient.connect(GroupConfig.load(given.config, Map.of()), options);
      try {
        client.requireGroup();
      } catch (StartException e) {
        client.close();
        throw e;
      }
      return client;
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (String text : Objects.requireNonNullElse(given.connect, "").split(",")) {
      try {
        endpoints.add(Endpoint.parse(text));
      } catch (IllegalArgumentException e) {
        throw new ConfigurationException("--connect: " + e.getMessage());
      }
    }
    return QuorateClient.connect(endpoints, options);
  }

  /** How long to wait for one answer. */
  public Duration timeout() {
    return timeout;
  }
}
