// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

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
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A group with its real parts on free ports of this machine, its files in a new temporary folder,
 * and a client that reaches it over the network.
 */
final class ReplicaGroup implements ContenderGroup {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path directory;
  private final @Nullable S3Endpoint endpoint;
  private final GroupSetup setup;
  private final Contender contender;

  /** Those that run, by member, from 1. */
  private final SortedMap<Integer, Replica> replicas =
      Collections.synchronizedSortedMap(new TreeMap<>());

  private final Target target;

  /** Of those that were aborted. */
  private final List<CompletableFuture<Void>> ends = new CopyOnWriteArrayList<>();

  private ReplicaGroup(
      Path directory, @Nullable S3Endpoint endpoint, GroupSetup setup, Contender contender) {
    this.directory = directory;
    this.endpoint = endpoint;
    this.setup = setup;
    this.contender = contender;
    try {
      for (int node = 1; node <= setup.ports().size(); node++) {
        replicas.put(node, contender.start(setup, node));
      }
      target = contender.connect(setup);
    } catch (RuntimeException e) {
      stopReplicas();
      throw e;
    }
  }

  /** Starts the replicas; they need not have a leader yet. */
  static ContenderGroup start(String name, CompareOptions options) {
    try {
      Contender contender = Contenders.named(name);
      Path directory = Files.createTempDirectory("quorate-compare-");
      S3Endpoint endpoint = null;
      if (name.equals("s3") && options.store().url() == null) {
        endpoint =
            S3Endpoint.start(
                S3Endpoint.Options.DEFAULT
                    .withFolder(directory.resolve("objects"))
                    .withBucket(options.store().bucket())
                    .withLatency(options.store().latency()));
      }
      return new ReplicaGroup(
          directory, endpoint, setup(name, options, directory, endpoint), contender);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare files for the comparison", e);
    }
  }

  private static GroupSetup setup(
      String name, CompareOptions options, Path directory, @Nullable S3Endpoint endpoint)
      throws IOException {
    String group = directory.getFileName().toString();
    GroupSetup.Store store = null;
    if (name.equals("s3")) {
      URI uri = endpoint == null ? options.store().url() : endpoint.uri();
      store =
          new GroupSetup.Store(
              String.valueOf(uri), options.store().bucket(), group, endpoint != null);
    }
    List<Integer> ports = freePorts(options.replicas());
    return new GroupSetup(
        name,
        "compare",
        directory.toString(),
        ports,
        Collections.nCopies(ports.size(), ports),
        options.keys(),
        options.clients(),
        store,
        options.settings());
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
  public String durability() {
    return contender.durability(setup);
  }

  @Override
  public String awaitLeader() {
    await("no replica became leader", () -> leader() != 0);
    // A linearizable read succeeds only once the leader serves.
    await("the leader does not serve", this::serves);
    int leader = leader();
    return leader == 0 ? "nobody" : "n" + leader;
  }

  private boolean serves() {
    try {
      target
          .readLinearizable(CounterMachine.valueOf(0))
          .orTimeout(PATIENCE_NANOS, TimeUnit.NANOSECONDS)
          .join();
      return true;
    } catch (CompletionException e) {
      return false;
    }
  }

  /** The member that leads by its own account; 0 if none does. */
  private int leader() {
    for (Map.Entry<Integer, Replica> each : running()) {
      if (each.getValue().status().leads()) {
        return each.getKey();
      }
    }
    return 0;
  }

  private List<Map.Entry<Integer, Replica>> running() {
    synchronized (replicas) {
      return new ArrayList<>(replicas.entrySet());
    }
  }

  @Override
  public String killLeader() {
    await("no replica leads", () -> leader() != 0);
    int leader = leader();
    Replica replica = replicas.remove(leader);
    if (replica == null) {
      return "nobody";
    }
    ends.add(replica.abort());
    return "n" + leader;
  }

  @Override
  public SortedMap<String, Long> counters() {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (Map.Entry<Integer, Replica> each : running()) {
      each.getValue()
          .status()
          .counters()
          .forEach((name, count) -> sums.merge(name, count, Long::sum));
    }
    return sums;
  }

  @Override
  public boolean statesAgree() {
    for (Map.Entry<Integer, Replica> each : running()) {
      // What every replica has applied includes what the leader has applied now.
      long applied = highestApplied();
      await(
          "n" + each.getKey() + " did not catch up",
          () -> each.getValue().status().applied() >= applied);
    }
    byte[] first = null;
    for (Map.Entry<Integer, Replica> each : running()) {
      byte[] state = each.getValue().diary();
      if (first != null && !Arrays.equals(first, state)) {
        return false;
      }
      first = state;
    }
    return true;
  }

  private long highestApplied() {
    return running().stream().mapToLong(each -> each.getValue().status().applied()).max().orElse(0);
  }

  private void await(String otherwise, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(setup.contender() + ": " + otherwise + " within 30 s");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting", e);
      }
    }
  }

  private void stopReplicas() {
    for (Map.Entry<Integer, Replica> each : running()) {
      ends.add(each.getValue().abort());
      replicas.remove(each.getKey());
    }
    CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
    await("replicas did not end", all::isDone);
  }

  @Override
  public void close() {
    target.close();
    stopReplicas();
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
