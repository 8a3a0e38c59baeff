// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.port.ReplicaReport;
import io.quorate.node.GroupConfig;
import io.quorate.node.QuorateClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/**
 * Replicas of the key-value service, each a process of its own, with one configuration file like
 * those in {@code samples/conf} but free ports and a folder of the test.
 */
final class ReplicaGroup implements AutoCloseable {
  /** Biggest command that the group takes: small, so that a test can exceed it. */
  static final int COMMAND_BYTES_MAX = 64 << 10;

  private static final ClientOptions PATIENT =
      new ClientOptions(
          Await.PATIENCE,
          Duration.ofSeconds(1),
          Duration.ofMillis(2),
          Duration.ofMillis(100),
          1024);

  private final Path folder;
  private final List<String> nodes;
  private final String backend;
  private final Path config;
  private final SortedMap<String, Integer> ports = new TreeMap<>();
  private final SortedMap<String, ReplicaProcess> processes = new TreeMap<>();

  private ReplicaGroup(Path folder, List<String> nodes, String backend) throws IOException {
    this.folder = folder;
    this.nodes = nodes;
    this.backend = backend;
    List<Integer> free = FreePorts.some(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      ports.put(nodes.get(i), free.get(i));
    }
    config = write("quorate.conf", nodes);
  }

  /** Starts three replicas of the Raft backend and waits until each is ready. */
  static ReplicaGroup start(Path folder) throws IOException {
    return start(folder, List.of("n1", "n2", "n3"), "backend = raft");
  }

  /**
   * Starts all replicas and waits until each is ready.
   *
   * @param backend its lines of the configuration
   */
  static ReplicaGroup start(Path folder, List<String> nodes, String backend) throws IOException {
    ReplicaGroup group = new ReplicaGroup(folder, nodes, backend);
    try {
      group.startMissing();
      return group;
    } catch (AssertionError e) {
      group.close();
      throw e;
    }
  }

  private Path write(String name, List<String> members) throws IOException {
    StringBuilder list = new StringBuilder();
    for (String node : members) {
      list.append("    ").append(node).append(" = \"").append(address(node)).append("\"\n");
    }
    return Files.writeString(
        folder.resolve(name),
        """
        quorate {
          group = orders
          %s
          members {
        %s  }
          data-dir = "%s"
          limits { command = %d B }
        }
        """
            .formatted(backend, list, data(), COMMAND_BYTES_MAX));
  }

  private Path data() {
    return folder.resolve("data");
  }

  /** The folder of one replica's files. */
  Path data(String node) {
    return data().resolve("orders").resolve(node);
  }

  /** The configuration file of the group. */
  String config() {
    return config.toString();
  }

  List<String> nodes() {
    return nodes;
  }

  /** Where a replica listens. */
  String address(String node) {
    return "127.0.0.1:" + ports.get(node);
  }

  /** Starts the replicas that do not run; returns when all are ready. */
  void startMissing() {
    List<String> started = new ArrayList<>();
    for (String node : nodes) {
      ReplicaProcess process = processes.get(node);
      if (process == null || !process.isAlive()) {
        startOnly(node);
        started.add(node);
      }
    }
    for (String node : started) {
      String unused = process(node).awaitReady();
    }
  }

  /** Starts one replica; does not wait for it. */
  ReplicaProcess startOnly(String node) {
    ReplicaProcess process = ReplicaProcess.start(config, node);
    processes.put(node, process);
    return process;
  }

  ReplicaProcess process(String node) {
    ReplicaProcess process = processes.get(node);
    if (process == null) {
      throw new IllegalStateException(node + " was never started");
    }
    return process;
  }

  /** A client with much patience; the caller closes it. */
  QuorateClient connect() {
    return QuorateClient.connect(GroupConfig.load(config, Map.of()), PATIENT);
  }

  /** A client that knows one replica only, to see what that one has; the caller closes it. */
  QuorateClient connectOnly(String node) throws IOException {
    Path file = write("only-" + node + ".conf", List.of(node));
    return QuorateClient.connect(GroupConfig.load(file, Map.of()), PATIENT);
  }

  /** What the replicas that can be reached say of themselves. */
  static SortedMap<String, ReplicaReport> reports(QuorateClient client) {
    SortedMap<String, ReplicaReport> reports = new TreeMap<>();
    for (NodeId node : client.members().keySet()) {
      try {
        reports.put(node.value(), client.report(node, Duration.ofSeconds(2)).join());
      } catch (CompletionException e) {
        // It is down: whoever needs it waits until it is there.
      }
    }
    return reports;
  }

  /** Waits until one of the running replicas leads, and returns it. */
  String awaitLeader(QuorateClient client) {
    List<String> leaders = new ArrayList<>();
    Await.until(
        () -> {
          leaders.clear();
          for (Map.Entry<String, ReplicaReport> each : reports(client).entrySet()) {
            if (each.getValue().protocol().role() == Role.LEADER
                && process(each.getKey()).isAlive()) {
              leaders.add(each.getKey());
            }
          }
          return leaders.size() == 1;
        },
        () -> "no single leader but " + leaders + output());
    return leaders.get(0);
  }

  /** Waits until all replicas have applied the same command, the last one. */
  void awaitCaughtUp(QuorateClient client) {
    Await.until(
        () -> {
          SortedMap<String, ReplicaReport> reports = reports(client);
          return reports.size() == nodes.size()
              && reports.values().stream().mapToLong(ReplicaReport::appliedIndex).distinct().count()
                  == 1
              && reports.values().stream()
                      .mapToLong(report -> report.protocol().commitSlot())
                      .distinct()
                      .count()
                  == 1;
        },
        () -> "the replicas did not catch up: " + reports(client) + output());
  }

  /** What all replicas have printed, for messages. */
  String output() {
    StringBuilder text = new StringBuilder();
    processes.values().forEach(process -> text.append(process.output()));
    return text.toString();
  }

  @Override
  public void close() {
    processes.values().forEach(ReplicaProcess::kill);
    processes.values().forEach(ReplicaProcess::close);
  }
}
