// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.bench.compare.CompareOptions.ObjectStoreOptions;
import io.quorate.core.port.ReplicaReport;
import io.quorate.node.QuorateClient;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.s3.endpoint.S3Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A group whose replicas all run in this process, each with its own port, files and threads, and a
 * client that reaches them over the network. One JVM costs less than three, and the fault is an
 * abrupt stop, not a SIGKILL.
 */
final class LocalGroup implements ContenderGroup {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path directory;
  private final @Nullable S3Endpoint endpoint;
  private final Map<NodeId, QuorateNode> nodes = new LinkedHashMap<>();
  private final QuorateClient client;
  private final Target target;

  private LocalGroup(
      Path directory,
      @Nullable S3Endpoint endpoint,
      List<QuorateConfig> configs,
      CompareOptions options) {
    this.directory = directory;
    this.endpoint = endpoint;
    for (QuorateConfig config : configs) {
      nodes.put(
          config.node(),
          QuorateNode.start(config, new CounterMachine(options.keys(), options.clients())));
    }
    client = QuorateClient.connect(configs.get(0).groupConfig());
    target = new LogTarget(client.log());
  }

  /** Starts the replicas on free ports and with files in a new temporary folder. */
  static ContenderGroup start(String backend, CompareOptions options) {
    try {
      Path directory = Files.createTempDirectory("quorate-compare-");
      S3Endpoint endpoint = null;
      if (backend.equals("s3") && options.store().url() == null) {
        endpoint =
            S3Endpoint.start(
                S3Endpoint.Options.DEFAULT
                    .withFolder(directory.resolve("objects"))
                    .withBucket(options.store().bucket())
                    .withLatency(options.store().latency()));
      }
      List<Integer> ports = freePorts(options.replicas());
      List<QuorateConfig> configs = new ArrayList<>();
      for (int i = 0; i < options.replicas(); i++) {
        configs.add(config(backend, directory, endpoint, ports, options, i + 1));
      }
      return new LocalGroup(directory, endpoint, configs, options);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare files for the comparison", e);
    }
  }

  private static QuorateConfig config(
      String backend,
      Path directory,
      @Nullable S3Endpoint endpoint,
      List<Integer> ports,
      CompareOptions options,
      int node) {
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < ports.size(); i++) {
      members.append(" n").append(i + 1).append(" = \"127.0.0.1:").append(ports.get(i)).append('"');
      members.append(i + 1 < ports.size() ? "," : "");
    }
    StringBuilder hocon = new StringBuilder();
    hocon.append(
        """
        quorate {
          group = compare
          backend = %s
          members {%s }
          data-dir = "%s"
        }
        """
            .formatted(backend, members, directory.toString().replace("\\", "\\\\")));
    if (backend.equals("s3")) {
      hocon.append(store(directory, endpoint, options.store()));
    }
    options
        .settings()
        .forEach((key, value) -> hocon.append(key).append(" = ").append(value).append('\n'));
    return QuorateConfig.parse(hocon.toString(), NodeId.of("n" + node));
  }

  private static String store(
      Path directory, @Nullable S3Endpoint endpoint, ObjectStoreOptions options) {
    URI uri = endpoint == null ? options.url() : endpoint.uri();
    // No cost governor: what a PUT costs is what the comparison finds out.
    return """
    quorate.s3 {
      bucket = "%s"
      prefix = "%s"
      endpoint = "%s"
      credentials = %s
      max-puts-per-second = 0
    }
    """
        .formatted(
            options.bucket(), directory.getFileName(), uri, endpoint == null ? "chain" : "none");
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      return ports;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public String awaitLeader() {
    await("no replica became leader", () -> leader() != null);
    // A linearizable read succeeds only once the leader serves.
    client.log().read(CounterMachine.valueOf(0), ReadConsistency.LINEARIZABLE).join();
    NodeId leader = leader();
    return leader == null ? "nobody" : leader.value();
  }

  private @Nullable NodeId leader() {
    for (Map.Entry<NodeId, QuorateNode> each : nodes.entrySet()) {
      if (each.getValue().status().protocol().role() == Role.LEADER) {
        return each.getKey();
      }
    }
    return null;
  }

  @Override
  public String killLeader() {
    await("no replica leads", () -> leader() != null);
    NodeId leader = leader();
    QuorateNode node = leader == null ? null : nodes.remove(leader);
    if (leader == null || node == null) {
      return "nobody";
    }
    node.abort();
    return leader.value();
  }

  @Override
  public SortedMap<String, Long> counters() {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (QuorateNode node : nodes.values()) {
      node.status().counters().forEach((name, count) -> sums.merge(name, count, Long::sum));
    }
    return sums;
  }

  @Override
  public boolean statesAgree() {
    byte[] first = null;
    for (QuorateNode node : nodes.values()) {
      // What every replica has applied includes what the leader has applied now.
      long index = highestApplied();
      await(
          node.config().node() + " did not catch up", () -> node.status().appliedIndex() >= index);
    }
    for (QuorateNode node : nodes.values()) {
      byte[] state =
          node.log().read(CounterMachine.diary(), ReadConsistency.local(highestApplied())).join();
      if (first != null && !Arrays.equals(first, state)) {
        return false;
      }
      first = state;
    }
    return true;
  }

  private long highestApplied() {
    return nodes.values().stream()
        .map(QuorateNode::status)
        .mapToLong(ReplicaReport::appliedIndex)
        .max()
        .orElse(0);
  }

  private static void await(String otherwise, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(otherwise + " within 30 s");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting", e);
      }
    }
  }

  @Override
  public void close() {
    client.close();
    for (QuorateNode node : nodes.values()) {
      node.abort();
    }
    if (endpoint != null) {
      endpoint.close();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }
}
