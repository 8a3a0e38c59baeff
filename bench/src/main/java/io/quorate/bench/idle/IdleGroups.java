// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.idle;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.api.Session;
import io.quorate.bench.compare.FreePorts;
import io.quorate.core.port.ReplicaReport;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.samples.counter.Counter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Starts many groups in this process as a user would, lets each apply one command, and tells what
 * they cost while nothing is asked of them. All replicas of a group are here: a process that holds
 * one replica of each of 1,000 groups costs what 1,000 groups of one replica do, and connections.
 *
 * <pre>
 * java -cp 'cli/target/quorate/lib/*' io.quorate.bench.idle.IdleGroups FOLDER raft 100 1 [KEY=VALUE …]
 * </pre>
 *
 * <p>Arguments: a folder for the files, empty or not there; the backend; how many groups; how many
 * replicas each has; settings that win over the defaults, such as {@code rocksdb.log=segments}. The
 * result is one line of JSON on standard output. Every group needs some tens of open files.
 */
public final class IdleGroups {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(180);
  private static final long QUIET_MILLIS = 1_000;
  private static final int QUIET_LOOKS_MAX = 60;
  // What is left belongs to others.
  private static final long FREE_BYTES_MIN = 4L << 30;
  // Longer than threads stay that have nothing to do.
  private static final int SETTLED_LOOKS = 12;
  private static final long IDLE_MILLIS =
      TimeUnit.SECONDS.toMillis(Integer.getInteger("quorate.idle.seconds", 10));

  private final List<List<QuorateNode>> groups = new ArrayList<>();
  private final List<Session> sessions = new ArrayList<>();

  private IdleGroups() {}

  /** Measures as the arguments say; ends the process. */
  public static void main(String[] arguments) {
    int status = 1;
    try {
      if (arguments.length < 4) {
        System.err.println("needs: folder, backend, groups, replicas of each, settings key=value");
        status = 2;
      } else {
        Map<String, String> settings = new TreeMap<>();
        for (int i = 4; i < arguments.length; i++) {
          int equals = arguments[i].indexOf('=');
          settings.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        IdleFigures figures =
            measure(
                Path.of(arguments[0]),
                arguments[1],
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                settings);
        System.out.println(new ObjectMapper().writeValueAsString(figures));
        System.err.println(figures);
        status = 0;
      }
    } catch (IOException | RuntimeException e) {
      e.printStackTrace(System.err);
    } finally {
      System.out.flush();
      Runtime.getRuntime().halt(status); // an orderly end of thousands of replicas takes minutes
    }
  }

  private static IdleFigures measure(
      Path folder, String backend, int count, int replicas, Map<String, String> settings)
      throws IOException {
    IdleGroups idle = new IdleGroups();
    final long begun = System.nanoTime();
    Files.createDirectories(folder);
    List<Integer> ports = FreePorts.of(count * replicas);
    for (int group = 0; group < count; group++) {
      idle.start(
          folder,
          backend,
          group,
          ports.subList(group * replicas, (group + 1) * replicas),
          settings);
    }
    idle.useAll();
    await("not all replicas have applied the command", idle::allApplied);
    final long startMillis = (System.nanoTime() - begun) / 1_000_000;
    awaitQuiet(SETTLED_LOOKS);
    final long before = OwnProcess.residentBytes();
    System.gc();
    awaitQuiet(1);

    long cpu = OwnProcess.cpuNanos();
    long messages = idle.messagesSent();
    long from = System.nanoTime();
    pause(IDLE_MILLIS);
    double seconds = (System.nanoTime() - from) / 1e9;
    cpu = OwnProcess.cpuNanos() - cpu;
    messages = idle.messagesSent() - messages;
    System.gc(); // what the heartbeats of the interval left behind
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return new IdleFigures(
        backend,
        count,
        replicas,
        mebibytes(OwnProcess.residentBytes()),
        mebibytes(before),
        mebibytes(OwnProcess.anonymousBytes()),
        mebibytes(heap.getUsed()),
        mebibytes(heap.getCommitted()),
        OwnProcess.threads(),
        OwnProcess.openFiles(),
        cpu / seconds / 1e7,
        (long) (messages / seconds),
        startMillis);
  }

  private void start(
      Path folder, String backend, int group, List<Integer> ports, Map<String, String> settings)
      throws IOException {
    if (Files.getFileStore(folder).getUsableSpace() < FREE_BYTES_MIN) {
      throw new IllegalStateException("the disk is nearly full after " + group + " groups");
    }
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < ports.size(); i++) {
      members.append(String.format("n%d = \"127.0.0.1:%d\"%n", i + 1, ports.get(i)));
    }
    Path file =
        Files.writeString(
            folder.resolve("group-" + group + ".conf"),
            """
            quorate {
              group = idle-%d, backend = %s, data-dir = "%s"
              members { %s }
            }
            """
                .formatted(group, backend, folder.resolve("data"), members));
    List<QuorateNode> nodes = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      nodes.add(
          QuorateNode.start(
              QuorateConfig.load(file, NodeId.of("n" + (i + 1)), settings), new Counter()));
    }
    groups.add(nodes);
  }

  /** One command in each group, by a session that stays open. */
  private void useAll() {
    for (List<QuorateNode> nodes : groups) {
      await("a group has no leader", () -> nodes.stream().anyMatch(IdleGroups::leads));
      QuorateNode leader = nodes.stream().filter(IdleGroups::leads).findFirst().orElseThrow();
      Session session = leader.log().openSession().join();
      session.submit(new byte[] {1}).join();
      sessions.add(session);
    }
  }

  private static boolean leads(QuorateNode node) {
    return node.status().protocol().role() == Role.LEADER;
  }

  private boolean allApplied() {
    for (List<QuorateNode> nodes : groups) {
      for (QuorateNode node : nodes) {
        if (node.status().appliedIndex() < 2) { // the opening of the session is the first
          return false;
        }
      }
    }
    return true;
  }

  private long messagesSent() {
    long sum = 0;
    for (List<QuorateNode> nodes : groups) {
      for (QuorateNode node : nodes) {
        ReplicaReport report = node.status();
        sum += report.counters().getOrDefault("messages_sent", 0L);
      }
    }
    return sum;
  }

  /**
   * Until so many seconds used as much CPU time as the one before, and as many threads are there.
   */
  private static void awaitQuiet(int looks) {
    long last = Long.MAX_VALUE;
    int threads = 0;
    int steadily = 0;
    for (int i = 0; i < QUIET_LOOKS_MAX && steadily < looks; i++) {
      long cpu = OwnProcess.cpuNanos();
      pause(QUIET_MILLIS);
      cpu = OwnProcess.cpuNanos() - cpu;
      boolean steady = Math.abs(cpu - last) <= Math.max(cpu, last) / 5 || cpu < 20_000_000;
      steadily = steady && threads == OwnProcess.threads() ? steadily + 1 : 0;
      last = cpu;
      threads = OwnProcess.threads();
    }
  }

  private static void await(String otherwise, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(otherwise);
      }
      pause(5);
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static double mebibytes(long bytes) {
    return bytes / 1024.0 / 1024.0;
  }
}
