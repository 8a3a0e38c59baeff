// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.s3.endpoint.Faults;
import io.quorate.s3.endpoint.S3Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A group with its real parts on free ports of this machine, its files in a new temporary folder,
 * and a client that reaches it over the network.
 */
final class ReplicaGroup implements ContenderGroup {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Three processes at once on a busy machine need long until they have read their classes. */
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(120);

  private static final Faults ALL_THROTTLED = new Faults(1, 1, 0, 0, 0, 0, 1, 0);

  private final Path directory;
  private final @Nullable S3Endpoint endpoint;
  private final Links links;
  private final GroupSetup setup;
  private final Contender contender;

  /** Those that run, by member, from 1. */
  private final SortedMap<Integer, Replica> replicas =
      Collections.synchronizedSortedMap(new TreeMap<>());

  private final Target target;

  /** Of those that were aborted. */
  private final List<CompletableFuture<Void>> ends = new CopyOnWriteArrayList<>();

  /** Of those that were aborted. */
  private Usage usedByTheDead = Usage.NONE;

  private int struck;

  private ReplicaGroup(
      Path directory,
      @Nullable S3Endpoint endpoint,
      Links links,
      GroupSetup setup,
      Contender contender,
      Path logs) {
    this.directory = directory;
    this.endpoint = endpoint;
    this.links = links;
    this.setup = setup;
    this.contender = contender;
    try {
      for (int node = 1; node <= setup.ports().size(); node++) {
        replicas.put(
            node,
            isHere() ? contender.start(setup, node) : ProcessReplica.start(setup, node, logs));
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
      Links links = new Links();
      return new ReplicaGroup(
          directory,
          endpoint,
          links,
          setup(name, contender.morePorts(), options, directory, endpoint, links),
          contender,
          options.report().resolve("replicas"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare files for the comparison", e);
    }
  }

  private static GroupSetup setup(
      String name,
      int morePorts,
      CompareOptions options,
      Path directory,
      @Nullable S3Endpoint endpoint,
      Links links)
      throws IOException {
    List<Integer> free = FreePorts.of(options.replicas() * (1 + morePorts));
    List<Integer> ports = free.subList(0, options.replicas());
    List<List<Integer>> more = new ArrayList<>();
    for (int from = ports.size(); more.size() < ports.size(); from += morePorts) {
      more.add(free.subList(from, from + morePorts));
    }
    List<List<Integer>> doors = Collections.nCopies(ports.size(), ports);
    List<String> urls =
        Collections.nCopies(
            ports.size(),
            String.valueOf(endpoint == null ? options.store().url() : endpoint.uri()));
    if (options.fault() == CompareOptions.Fault.PARTITION_LEADER) {
      doors = doors(links, ports);
      urls = endpoint == null ? urls : storeDoors(links, ports.size(), endpoint.port());
    }
    GroupSetup.Store store =
        name.equals("s3")
            ? new GroupSetup.Store(
                urls,
                options.store().bucket(),
                directory.getFileName().toString(),
                endpoint != null)
            : null;
    return new GroupSetup(
        name,
        "compare",
        directory.toString(),
        ports,
        more,
        doors,
        options.keys(),
        options.clients(),
        store,
        options.conditions(),
        options.settings());
  }

  private static List<List<Integer>> doors(Links links, List<Integer> ports) throws IOException {
    List<List<Integer>> doors = new ArrayList<>();
    for (int from = 1; from <= ports.size(); from++) {
      List<Integer> own = new ArrayList<>();
      for (int to = 1; to <= ports.size(); to++) {
        int port = ports.get(to - 1);
        own.add(from == to ? port : links.open(from, to, port));
      }
      doors.add(own);
    }
    return doors;
  }

  private static List<String> storeDoors(Links links, int replicas, int port) throws IOException {
    List<String> urls = new ArrayList<>();
    for (int from = 1; from <= replicas; from++) {
      urls.add("http://127.0.0.1:" + links.open(from, 0, port));
    }
    return urls;
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
  public String settings() {
    return contender.settings(setup);
  }

  @Override
  public SortedMap<String, String> everySetting() {
    return contender.everySetting(setup);
  }

  @Override
  public boolean isHere() {
    return setup.conditions().layout() == Conditions.Layout.LOCAL;
  }

  @Override
  public Path files() {
    return directory;
  }

  @Override
  public synchronized Usage used() {
    Usage sum = usedByTheDead;
    for (Map.Entry<Integer, Replica> each : running()) {
      sum = sum.plus(each.getValue().used());
    }
    return sum;
  }

  @Override
  public void check() {
    for (Map.Entry<Integer, Replica> each : running()) {
      each.getValue().check();
    }
  }

  @Override
  public String awaitLeader() {
    await("no replica became leader", START_NANOS, () -> leader() != 0);
    // A linearizable read succeeds only once the leader serves.
    await("the leader does not serve", START_NANOS, this::serves);
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
  public String strike(CompareOptions.Fault fault) {
    if (fault == CompareOptions.Fault.S3_503 && endpoint != null) {
      endpoint.setFaults(ALL_THROTTLED);
      return "503 to every request";
    }
    await("no replica leads", PATIENCE_NANOS, () -> leader() != 0);
    struck = leader();
    Replica replica = replicas.get(struck);
    if (replica == null) {
      return "nobody led";
    }
    return switch (fault) {
      case KILL_LEADER -> kill(replica);
      case PAUSE_LEADER -> {
        replica.pause();
        yield "paused the leader n" + struck;
      }
      case PARTITION_LEADER -> {
        links.cut(struck);
        yield "cut off the leader n" + struck;
      }
      case STALL_DISK -> {
        replica.stallDisk();
        yield "stalled the disk of the leader n" + struck;
      }
      case S3_503, NONE -> "none";
    };
  }

  private synchronized String kill(Replica replica) {
    ends.add(replica.abort());
    usedByTheDead = usedByTheDead.plus(replica.used());
    replicas.remove(struck);
    return (isHere() ? "killed the leader n" : "SIGKILL to the leader n") + struck;
  }

  @Override
  public String heal() {
    if (endpoint != null) {
      endpoint.setFaults(Faults.NONE);
    }
    links.mend();
    Replica replica = replicas.get(struck);
    if (replica != null) {
      replica.resume();
      replica.freeDisk();
    }
    return "the fault is over";
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
  public long epoch() {
    return running().stream().mapToLong(each -> each.getValue().status().epoch()).max().orElse(0);
  }

  @Override
  public boolean statesAgree() {
    for (Map.Entry<Integer, Replica> each : running()) {
      // What every replica has applied includes what the leader has applied now.
      long applied = highestApplied();
      await(
          "n" + each.getKey() + " did not catch up",
          PATIENCE_NANOS,
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

  private void await(String otherwise, long nanosMax, BooleanSupplier condition) {
    long end = System.nanoTime() + nanosMax;
    while (!condition.getAsBoolean()) {
      check();
      if (System.nanoTime() > end) {
        throw new ContenderFailure(
            setup.contender()
                + ": "
                + otherwise
                + " within "
                + TimeUnit.NANOSECONDS.toSeconds(nanosMax)
                + " s");
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
    try {
      all.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Their processes or threads go with this one; only their files may stay.
    }
  }

  @Override
  public void close() {
    heal();
    target.close();
    stopReplicas();
    contender.cleanUp(setup);
    links.close();
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
