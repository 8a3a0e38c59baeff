// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.s3.endpoint.Latency;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One comparison, the same for every contender.
 *
 * @param backends contenders by name
 * @param replicas size of each group
 * @param warmup load before anything is measured
 * @param duration load that is measured; the fault falls into its middle
 * @param clients calls outstanding, at most
 * @param ratePerSecond calls made a second; 0: the next one when the last one is answered
 * @param payloadBytes size of a command
 * @param readPercent share of linearizable reads, 0 to 100
 * @param keys counters that the calls spread over
 * @param fault what happens in the middle
 * @param repeat runs of each contender, interleaved
 * @param seed of keys and mix
 * @param report folder for results and histograms
 * @param store for contenders that need one
 * @param settings of every contender beside the defaults, by full key
 * @param conditions under which all contenders run
 */
public record CompareOptions(
    List<String> backends,
    int replicas,
    Duration warmup,
    Duration duration,
    int clients,
    int ratePerSecond,
    int payloadBytes,
    int readPercent,
    int keys,
    Fault fault,
    int repeat,
    long seed,
    Path report,
    ObjectStoreOptions store,
    SortedMap<String, String> settings,
    Conditions conditions) {

  /**
   * Where the contenders that need an object store have it.
   *
   * @param url an S3 endpoint with credentials in the environment; null: the embedded one
   * @param bucket in which groups of the comparison put their logs, each below a prefix of its own
   * @param latency of the embedded endpoint
   * @param prices of requests
   */
  public record ObjectStoreOptions(
      @Nullable URI url, String bucket, Latency latency, Prices prices) {

    /** The embedded endpoint, as fast as it goes, at the prices of S3 Standard. */
    public static ObjectStoreOptions embedded() {
      return new ObjectStoreOptions(null, "compare", Latency.NONE, Prices.shipped("standard"));
    }
  }

  /** What happens in the middle. */
  public enum Fault {
    /** The leader stops at once, without a word to anybody. */
    KILL_LEADER,
    /** The leader does nothing for a while, then goes on as if nothing had been. */
    PAUSE_LEADER,
    /** No write of the leader's log ends for a while, and none fails. */
    STALL_DISK,
    /** Nothing passes between the leader and the other replicas, nor its object store. */
    PARTITION_LEADER,
    /** The object store refuses every request for a while, as a throttled one does. */
    S3_503,
    /** Nothing. */
    NONE;

    /** As it is written on the command line. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it passes. */
    boolean heals() {
      return this != KILL_LEADER && this != NONE;
    }
  }

  /** Refuses what cannot be run, in the words of the command line. */
  public CompareOptions {
    require(!backends.isEmpty(), "--backends must name at least one backend");
    require(replicas >= 1 && replicas <= 7, "--replicas must be 1 to 7, was " + replicas);
    require(
        replicas >= 3 || fault == Fault.NONE || fault == Fault.S3_503,
        "--fault " + fault.word() + " needs --replicas 3 or more, so that the others can go on");
    require(clients >= 1 && clients <= 4096, "--clients must be 1 to 4096, was " + clients);
    require(
        ratePerSecond >= 0 && ratePerSecond <= 10_000_000,
        "--rate must be 1 to 10000000 calls a second, was " + ratePerSecond);
    require(
        payloadBytes >= CounterMachine.COMMAND_BYTES && payloadBytes <= 1 << 20,
        "--payload must be 16 B to 1 MiB, was " + payloadBytes + " B");
    require(
        readPercent >= 0 && readPercent <= 100, "--reads must be 0% to 100%, was " + readPercent);
    require(!duration.isNegative() && !duration.isZero(), "--duration must be positive");
    require(!warmup.isNegative(), "--warmup must not be negative");
    require(repeat >= 1, "--repeat must be 1 or more, was " + repeat);
    refuseWhatDoesNotFit(backends, fault, store, conditions);
  }

  private static void refuseWhatDoesNotFit(
      List<String> contenders, Fault fault, ObjectStoreOptions store, Conditions conditions) {
    List<String> peers = contenders.stream().filter(Contenders.PEERS::contains).toList();
    require(
        fault != Fault.PAUSE_LEADER || conditions.layout() == Conditions.Layout.PROCESS,
        "--fault pause-leader needs --layout process: in one process a replica cannot be stopped"
            + " without the load");
    require(
        fault != Fault.PARTITION_LEADER || peers.isEmpty(),
        "--fault partition-leader cannot be done to "
            + String.join(" and ", peers)
            + ": they carry one address for each member in their log, so no proxy fits between two"
            + " of them; it needs network namespaces or a firewall");
    require(
        fault != Fault.PARTITION_LEADER || store.url() == null || !contenders.contains("s3"),
        "--fault partition-leader needs the embedded object store: the way to another one cannot be"
            + " cut from here");
    require(
        fault != Fault.STALL_DISK || peers.isEmpty(),
        "--fault stall-disk cannot be done to "
            + String.join(" and ", peers)
            + ": they open their files themselves, so nothing fits between them and their disk");
    require(
        fault != Fault.STALL_DISK || !contenders.contains("s3"),
        "--fault stall-disk is not for s3, whose log is in the object store: say --backends"
            + " raft,vsr; what a store does that makes no progress --fault s3-503 shows");
    require(
        fault != Fault.S3_503 || contenders.equals(List.of("s3")) && store.url() == null,
        "--fault s3-503 needs --backends s3, no peers, and the embedded object store");
    require(
        peers.isEmpty() || conditions.reads().equals("linearizable"),
        "--consistency "
            + conditions.reads()
            + " is not for "
            + String.join(" and ", peers)
            + ": they take part with linearizable reads");
    require(
        conditions.durability() == Conditions.Durability.FSYNC || !contenders.contains("s3"),
        "--durability os is not for s3: its log is durable when the object store says so");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
