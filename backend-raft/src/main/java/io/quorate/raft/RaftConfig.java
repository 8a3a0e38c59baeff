// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft;

import java.time.Duration;

/**
 * What an operator can set about the Raft backend. Keys in messages are those of the configuration
 * file, below {@code quorate.raft}.
 */
public record RaftConfig(
    Timing timing, Safeguards safeguards, Pipeline pipeline, Snapshots snapshots) {

  /**
   * When what is due.
   *
   * @param electionTimeoutMin a replica that heard no leader for this long may start to campaign,
   *     and only then gives its vote to another
   * @param electionTimeoutMax by then it has started; each wait is drawn anew between the two
   * @param heartbeatInterval a leader is heard at least this often; at most a third of {@code
   *     electionTimeoutMin}
   * @param diskStallTimeout a replica whose oldest write is not durable after this time gives
   *     leadership away and does not campaign
   */
  public record Timing(
      Duration electionTimeoutMin,
      Duration electionTimeoutMax,
      Duration heartbeatInterval,
      Duration diskStallTimeout) {
    /** Refuses what could never work. */
    public Timing {
      positive(heartbeatInterval, "heartbeat-interval");
      positive(electionTimeoutMin, "election-timeout");
      positive(diskStallTimeout, "disk-stall-timeout");
      require(
          electionTimeoutMax.compareTo(electionTimeoutMin) > 0,
          "election-timeout",
          "must be a range, so that two candidates do not meet again and again; was "
              + electionTimeoutMin.toMillis()
              + " ms .. "
              + electionTimeoutMax.toMillis()
              + " ms");
      require(
          heartbeatInterval.multipliedBy(3).compareTo(electionTimeoutMin) <= 0,
          "heartbeat-interval",
          "must be at most a third of the lower election-timeout");
    }

    /** 150 to 300 ms, 50 ms, 2 s. */
    public static Timing defaults() {
      return new Timing(
          Duration.ofMillis(150),
          Duration.ofMillis(300),
          Duration.ofMillis(50),
          Duration.ofSeconds(2));
    }
  }

  /**
   * What keeps the group calm and reads honest.
   *
   * @param preVote ask before a term is spent on a campaign
   * @param checkQuorum a leader that hears no majority for the upper election timeout steps down
   * @param leaseReads serve {@code LEASE} reads without asking the group; relies on clocks that run
   *     at nearly the same rate
   * @param clockDriftMax by what fraction two clocks of the group may run apart; shortens the lease
   */
  public record Safeguards(
      boolean preVote, boolean checkQuorum, boolean leaseReads, double clockDriftMax) {
    /** Refuses a drift that leaves no lease. */
    public Safeguards {
      require(
          clockDriftMax >= 0 && clockDriftMax <= 0.5,
          "clock-drift-max-permille",
          "must be between 0 and 500, was " + Math.round(clockDriftMax * 1000));
    }

    /** Pre-vote and check-quorum on, leases off with a drift of 1 %. */
    public static Safeguards defaults() {
      return new Safeguards(true, true, false, 0.01);
    }
  }

  /**
   * How much may be on its way.
   *
   * @param appendBytesMax entries in one message; a larger entry goes alone
   * @param appendsInFlightMax unacknowledged messages to one follower
   * @param appendBytesInFlightMax unacknowledged bytes to one follower
   * @param batchesInFlightMax uncommitted batches of a leader
   * @param uncommittedBytesMax uncommitted bytes of a leader
   * @param logWindowBytes how much of the end of the log stays in memory; what is older is read
   *     from the disk again for whoever lags. More is slower: entries that outlive a young
   *     collection are copied by it, and no longer in the processor's cache when they are let go
   */
  public record Pipeline(
      int appendBytesMax,
      int appendsInFlightMax,
      long appendBytesInFlightMax,
      int batchesInFlightMax,
      long uncommittedBytesMax,
      long logWindowBytes) {
    /** Refuses bounds that would stop all progress. */
    public Pipeline {
      atLeast(appendBytesMax, 1, "append-size-max");
      require(
          appendsInFlightMax >= 1 && appendsInFlightMax <= 1024,
          "appends-in-flight-max",
          "must be between 1 and 1024, was " + appendsInFlightMax);
      atLeast(appendBytesInFlightMax, 1, "append-bytes-in-flight-max");
      require(
          batchesInFlightMax >= 1 && batchesInFlightMax <= 65536,
          "batches-in-flight-max",
          "must be between 1 and 65536, was " + batchesInFlightMax);
      atLeast(uncommittedBytesMax, 1, "uncommitted-bytes-max");
      atLeast(logWindowBytes, 1, "log-window");
    }

    /** 1 MiB a message, 64 messages and 16 MiB a follower, 32 batches, 16 MiB, 4 MiB. */
    public static Pipeline defaults() {
      return new Pipeline(1 << 20, 64, 16L << 20, 32, 16L << 20, 4L << 20);
    }
  }

  /**
   * How snapshots travel, and how much log is kept behind them.
   *
   * @param chunkBytes of a snapshot in one message
   * @param retainBytes of log kept behind a snapshot for followers that lag a little, about
   * @param retainSlots of log kept behind what the slowest live follower has
   */
  public record Snapshots(int chunkBytes, long retainBytes, long retainSlots) {
    /** Refuses bounds that make no sense. */
    public Snapshots {
      atLeast(chunkBytes, 1, "snapshot-chunk");
      atLeast(retainBytes, 0, "retain-bytes");
      atLeast(retainSlots, 0, "retain-slots");
    }

    /** 1 MiB, 64 MiB, 1024 slots. */
    public static Snapshots defaults() {
      return new Snapshots(1 << 20, 64L << 20, 1024);
    }
  }

  /** What holds when nothing is set. */
  public static RaftConfig defaults() {
    return new RaftConfig(
        Timing.defaults(), Safeguards.defaults(), Pipeline.defaults(), Snapshots.defaults());
  }

  /** The same with another timing. */
  public RaftConfig with(Timing other) {
    return new RaftConfig(other, safeguards, pipeline, snapshots);
  }

  /** The same with other safeguards. */
  public RaftConfig with(Safeguards other) {
    return new RaftConfig(timing, other, pipeline, snapshots);
  }

  /** The same with another pipeline. */
  public RaftConfig with(Pipeline other) {
    return new RaftConfig(timing, safeguards, other, snapshots);
  }

  /** The same with another way of keeping snapshots. */
  public RaftConfig with(Snapshots other) {
    return new RaftConfig(timing, safeguards, pipeline, other);
  }

  /**
   * How long a lease lasts from the moment its heartbeat left: voters refuse others for the lower
   * election timeout by their clocks, so the leader must count less by its own.
   */
  public long leaseNanos() {
    return (long) (timing.electionTimeoutMin.toNanos() * (1 - safeguards.clockDriftMax));
  }

  private static void positive(Duration value, String key) {
    require(!value.isNegative() && !value.isZero(), key, "must be positive, was " + value);
  }

  private static void atLeast(long value, long min, String key) {
    require(value >= min, key, "must be at least " + min + ", was " + value);
  }

  private static void require(boolean holds, String key, String what) {
    if (!holds) {
      throw new IllegalArgumentException("quorate.raft." + key + " " + what);
    }
  }
}
