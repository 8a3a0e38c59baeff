// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr;

import java.time.Duration;

/**
 * What an operator can set about the VSR backend. Keys in messages are those of the configuration
 * file, below {@code quorate.vsr}.
 */
public record VsrConfig(
    Timing timing, Safeguards safeguards, Pipeline pipeline, Snapshots snapshots) {

  /**
   * When what is due.
   *
   * @param viewChangeTimeout a replica that heard no primary for a time between half of this and
   *     all of it, drawn anew each time, asks for a view change
   * @param heartbeatInterval a primary is heard at least this often; at most a sixth of the {@code
   *     viewChangeTimeout}
   * @param diskStallTimeout a primary whose oldest write is not durable after this time lets others
   *     take over
   */
  public record Timing(
      Duration viewChangeTimeout, Duration heartbeatInterval, Duration diskStallTimeout) {
    /** Refuses what could never work. */
    public Timing {
      positive(heartbeatInterval, "heartbeat-interval");
      positive(viewChangeTimeout, "view-change-timeout");
      positive(diskStallTimeout, "disk-stall-timeout");
      require(
          heartbeatInterval.multipliedBy(6).compareTo(viewChangeTimeout) <= 0,
          "heartbeat-interval",
          "must be at most a sixth of the view-change-timeout");
    }

    /** 300 ms, 50 ms, 2 s. */
    public static Timing defaults() {
      return new Timing(Duration.ofMillis(300), Duration.ofMillis(50), Duration.ofSeconds(2));
    }
  }

  /**
   * What keeps reads and time honest, and how many replicas decide.
   *
   * @param leaseReads serve {@code LEASE} reads without asking the group; relies on clocks that run
   *     at nearly the same rate
   * @param clockDriftMax by what fraction two clocks of the group may run apart; shortens the lease
   * @param clockToleranceMax by how much wall clocks may differ and still count as one
   * @param replicationQuorum so many must have an op durably before it is committed; 0: a majority
   * @param viewChangeQuorum so many must take part in a view change; 0: as few as are enough
   */
  public record Safeguards(
      boolean leaseReads,
      double clockDriftMax,
      Duration clockToleranceMax,
      int replicationQuorum,
      int viewChangeQuorum) {
    /** Refuses a drift that leaves no lease. */
    public Safeguards {
      require(
          clockDriftMax >= 0 && clockDriftMax <= 0.5,
          "clock-drift-max-permille",
          "must be between 0 and 500, was " + Math.round(clockDriftMax * 1000));
      positive(clockToleranceMax, "clock-tolerance");
      atLeast(replicationQuorum, 0, "replication-quorum");
      atLeast(viewChangeQuorum, 0, "view-change-quorum");
    }

    /** Leases off with a drift of 1 %, clocks within 500 ms, majorities. */
    public static Safeguards defaults() {
      return new Safeguards(false, 0.01, Duration.ofMillis(500), 0, 0);
    }
  }

  /**
   * How much may be on its way.
   *
   * @param prepareBytesMax ops in one answer to a replica that lags; a larger op goes alone
   * @param aheadBytesMax ops that a backup keeps while it waits for those before them
   * @param batchesInFlightMax uncommitted ops of a primary
   * @param uncommittedBytesMax uncommitted bytes of a primary
   * @param logWindowBytes how much of the end of the log stays in memory; what is older is read
   *     from the disk again for whoever lags. More is slower: entries that outlive a young
   *     collection are copied by it, and no longer in the processor's cache when they are let go
   */
  public record Pipeline(
      int prepareBytesMax,
      long aheadBytesMax,
      int batchesInFlightMax,
      long uncommittedBytesMax,
      long logWindowBytes) {
    /** Refuses bounds that would stop all progress. */
    public Pipeline {
      atLeast(prepareBytesMax, 1, "prepare-size-max");
      atLeast(aheadBytesMax, 0, "ahead-bytes-max");
      require(
          batchesInFlightMax >= 1 && batchesInFlightMax <= 65536,
          "batches-in-flight-max",
          "must be between 1 and 65536, was " + batchesInFlightMax);
      atLeast(uncommittedBytesMax, 1, "uncommitted-bytes-max");
      atLeast(logWindowBytes, 1, "log-window");
    }

    /** 1 MiB an answer, 16 MiB ahead, 32 ops, 16 MiB, 4 MiB. */
    public static Pipeline defaults() {
      return new Pipeline(1 << 20, 16L << 20, 32, 16L << 20, 4L << 20);
    }
  }

  /**
   * How snapshots travel, and how much log is kept behind them.
   *
   * @param chunkBytes of a snapshot in one message
   * @param retainSlots of log kept behind the last checkpoint of a quorum
   */
  public record Snapshots(int chunkBytes, long retainSlots) {
    /** Refuses bounds that make no sense. */
    public Snapshots {
      atLeast(chunkBytes, 1, "snapshot-chunk");
      atLeast(retainSlots, 0, "retain-slots");
    }

    /** 1 MiB, 1024 slots. */
    public static Snapshots defaults() {
      return new Snapshots(1 << 20, 1024);
    }
  }

  /** What holds when nothing is set. */
  public static VsrConfig defaults() {
    return new VsrConfig(
        Timing.defaults(), Safeguards.defaults(), Pipeline.defaults(), Snapshots.defaults());
  }

  /** The same with another timing. */
  public VsrConfig with(Timing other) {
    return new VsrConfig(other, safeguards, pipeline, snapshots);
  }

  /** The same with other safeguards. */
  public VsrConfig with(Safeguards other) {
    return new VsrConfig(timing, other, pipeline, snapshots);
  }

  /** The same with another pipeline. */
  public VsrConfig with(Pipeline other) {
    return new VsrConfig(timing, safeguards, other, snapshots);
  }

  /** The same with another way of keeping snapshots. */
  public VsrConfig with(Snapshots other) {
    return new VsrConfig(timing, safeguards, pipeline, other);
  }

  /** Shortest time without a word of the primary after which a replica votes for a change. */
  public long patienceMinNanos() {
    return timing.viewChangeTimeout.toNanos() / 2;
  }

  /** By then every replica that heard nothing of the primary asks for a change. */
  public long patienceMaxNanos() {
    return timing.viewChangeTimeout.toNanos();
  }

  /**
   * How long a lease lasts from the moment its sign of life left: backups vote for no other view
   * for the shortest patience by their clocks, so the primary must count less by its own.
   */
  public long leaseNanos() {
    return (long) (patienceMinNanos() * (1 - safeguards.clockDriftMax));
  }

  private static void positive(Duration value, String key) {
    require(!value.isNegative() && !value.isZero(), key, "must be positive, was " + value);
  }

  private static void atLeast(long value, long min, String key) {
    require(value >= min, key, "must be at least " + min + ", was " + value);
  }

  private static void require(boolean holds, String key, String what) {
    if (!holds) {
      throw new IllegalArgumentException("quorate.vsr." + key + " " + what);
    }
  }
}
