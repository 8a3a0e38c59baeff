// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.Guice;
import com.google.inject.Module;
import com.google.inject.Stage;
import io.quorate.api.NodeId;
import io.quorate.api.ReplicatedLog;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.client.LogClient;
import io.quorate.core.port.Clock;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.runtime.SystemClock;
import io.quorate.core.runtime.ThreadHost;
import io.quorate.node.config.Endpoint;
import io.quorate.node.plugin.Network;
import io.quorate.node.plugin.Network.Introduction;
import io.quorate.node.plugin.Network.RemoteReplica;
import io.quorate.node.plugin.StartException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A remote client of one group: the same {@link ReplicatedLog} that a replica has in its own
 * process, and what operators ask.
 *
 * <pre>{@code
 * try (QuorateClient client = QuorateClient.connect(List.of(Endpoint.parse("10.0.0.1:7101")))) {
 *   byte[] answer = client.log().read(query, ReadConsistency.LINEARIZABLE).join();
 * }
 * }</pre>
 *
 * <p>Safe for several threads. Connections are made as needed and repaired by themselves.
 */
public final class QuorateClient implements AutoCloseable {
  private static final Duration INTRODUCTION_MAX = Duration.ofSeconds(3);
  private static final Duration GROUP_CHECK_MAX = Duration.ofSeconds(1);

  private final GroupConfig group;
  private final Network network;
  private final MemberDirectory directory;
  private final LogClient log;

  private QuorateClient(GroupConfig group, Network network, ClientOptions options) {
    this.group = group;
    this.network = network;
    this.directory = new MemberDirectory(group, network);
    Clock clock = new SystemClock();
    this.log =
        LogClient.start(directory, clock, new ThreadHost(clock), options, new SecureRandom());
  }

  /** Turns to the members of a configured group; returns at once, even if none can be reached. */
  public static QuorateClient connect(GroupConfig group) {
    return connect(group, ClientOptions.DEFAULT);
  }

  /** As {@link #connect(GroupConfig)}, with a patience of one's own. */
  public static QuorateClient connect(GroupConfig group, ClientOptions options) {
    return new QuorateClient(group, network(group.transport()), options);
  }

  /**
   * Asks the replicas at these addresses for the other members, and turns to all of them. Plain
   * connections; with TLS use a configuration. Blocks for a few seconds at most.
   *
   * @throws StartException none of them can be reached, or they belong to different groups
   */
  public static QuorateClient connect(List<Endpoint> endpoints) {
    return connect(endpoints, ClientOptions.DEFAULT);
  }

  /** As {@link #connect(List)}, with a patience of one's own. */
  public static QuorateClient connect(List<Endpoint> endpoints, ClientOptions options) {
    Module transport = ConfigReader.defaultTransport();
    Network network = network(transport);
    return new QuorateClient(learn(endpoints, network, transport), network, options);
  }

  private static GroupConfig learn(List<Endpoint> endpoints, Network network, Module transport) {
    List<RemoteReplica> asked = new ArrayList<>();
    List<CompletableFuture<Introduction>> answers = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      RemoteReplica remote = network.connect(null, endpoint);
      asked.add(remote);
      answers.add(remote.introduction(INTRODUCTION_MAX.toNanos()));
    }
    SortedMap<NodeId, Endpoint> members = new TreeMap<>();
    SortedMap<NodeId, Endpoint> reached = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    Introduction first = null;
    for (int i = 0; i < answers.size(); i++) {
      try {
        Introduction answer = answers.get(i).get();
        if (first != null && !answer.group().equals(first.group())) {
          throw new StartException(
              "the replicas belong to different groups: " + first.group() + ", " + answer.group());
        }
        first = first == null ? answer : first;
        members.putAll(answer.members());
        reached.put(answer.node(), endpoints.get(i));
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        failures.add(endpoints.get(i) + ": " + cause.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failures.add(endpoints.get(i) + ": interrupted");
      }
    }
    asked.forEach(RemoteReplica::close);
    if (first == null) {
      throw new StartException("no replica can be reached: " + String.join("; ", failures));
    }
    members.putAll(reached); // an address that worked is better than a configured one
    return new GroupConfig(first.group(), "", members, Optional.empty(), "", transport);
  }

  /**
   * Finds out whether the configured members are of the configured group at all. Returns as soon as
   * one says so, and also when none can be reached: that may be mended by waiting. Blocks for a
   * second at most, if no member answers.
   *
   * @throws StartException members answer, but all that do are of another group
   */
  public void requireGroup() {
    CompletableFuture<Void> found = new CompletableFuture<>();
    List<RemoteReplica> asked = new ArrayList<>();
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    List<String> strangers = Collections.synchronizedList(new ArrayList<>());
    group
        .members()
        .forEach((node, address) -> {
          RemoteReplica remote = network.connect(null, address);
          asked.add(remote);
          answers.add(
              remote
                  .introduction(GROUP_CHECK_MAX.toNanos())
                  .handle((answer, failure) -> {
                    if (answer != null && answer.group().equals(group.group())) {
                      found.complete(null);
                    } else if (answer != null) {
                      strangers.add(
                          "node %s at %s is of group %s"
                              .formatted(answer.node(), address, answer.group()));
                    }
                    return null;
                  }));
        });
    CompletableFuture<Void> all =
        CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]));
    CompletableFuture.anyOf(found, all).join();
    asked.forEach(RemoteReplica::close);
    if (!found.isDone() && !strangers.isEmpty()) {
      Collections.sort(strangers); // they came in any order
      throw new StartException(
          "the configuration is of group %s, but %s; correct the group or the addresses"
              .formatted(group.group(), String.join(", ", strangers)));
    }
  }

  private static Network network(Module transport) {
    return Guice.createInjector(Stage.PRODUCTION, new StrictModule(), transport)
        .getInstance(Network.class);
  }

  /** The replicated state machine. */
  public ReplicatedLog log() {
    return log;
  }

  /** The members of the group with their addresses. */
  public SortedMap<NodeId, Endpoint> members() {
    return group.members();
  }

  /**
   * Asks one replica how it is; fails with {@link java.io.IOException}, in one sentence, if it
   * cannot be reached in time.
   */
  public CompletableFuture<ReplicaReport> report(NodeId node, Duration timeout) {
    return remote(node).report(timeout.toNanos());
  }

  /**
   * Asks {@code leader} to hand leadership over; fails with a {@link
   * io.quorate.api.error.ConsensusException} when it does not lead or cannot.
   *
   * @param target empty: to the replica that is furthest
   */
  public CompletableFuture<Void> transferLeadership(NodeId leader, Optional<NodeId> target) {
    return new AdminCalls(remote(leader).gateway())
        .call(new AdminCommand.TransferLeadership(target.orElse(null)));
  }

  /** Asks one replica for a snapshot now; completes when it is durable. */
  public CompletableFuture<Void> takeSnapshot(NodeId node) {
    return new AdminCalls(remote(node).gateway()).call(new AdminCommand.TakeSnapshot());
  }

  private RemoteReplica remote(NodeId node) {
    RemoteReplica remote = directory.remote(node);
    if (remote == null) {
      throw new IllegalArgumentException(
          node + " is not one of the members " + group.members().keySet());
    }
    return remote;
  }

  /** Ends all calls as indeterminate, and the connections. */
  @Override
  public void close() {
    log.close();
  }
}
