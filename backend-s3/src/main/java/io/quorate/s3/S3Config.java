// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What an operator can set about the protocol of the S3 backend. Keys in messages are those of the
 * configuration file, below {@code quorate.s3}, which also says where the bucket is: that is no
 * matter of the protocol.
 *
 * @param prefix what all keys begin with, without slashes at its ends; may be empty
 */
public record S3Config(
    String prefix,
    Timing timing,
    Append append,
    Reads reads,
    Requests requests,
    Snapshots snapshots) {
  private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?");

  /** Refuses a prefix that is no plain path. */
  public S3Config {
    require(
        PREFIX.matcher(prefix).matches() && prefix.length() <= 200,
        "prefix",
        "must be at most 200 letters, digits, '.', '-', '_', and '/' between these, was \""
            + prefix
            + "\"");
  }

  /**
   * When what is due between the replicas.
   *
   * @param heartbeatInterval a leader is heard at least this often
   * @param failureTimeout a replica that heard no leader for this long suspects it
   * @param rankStagger by how much longer each further replica waits, so that they do not race
   * @param tailQuiet a suspected leader is left alone until the log has not grown for this long
   * @param stepDownAfter a leader that cannot resolve its oldest slot for this long admits no work
   * @param rootPollInterval a leader or follower without other news reads the root this often
   */
  public record Timing(
      Duration heartbeatInterval,
      Duration failureTimeout,
      Duration rankStagger,
      Duration tailQuiet,
      Duration stepDownAfter,
      Duration rootPollInterval) {
    /** Refuses what could never work. */
    public Timing {
      positive(heartbeatInterval, "heartbeat-interval");
      positive(failureTimeout, "failure-timeout");
      positive(rankStagger, "rank-stagger");
      notNegative(tailQuiet, "tail-quiet");
      positive(stepDownAfter, "step-down-after");
      positive(rootPollInterval, "root-poll-interval");
      require(
          heartbeatInterval.multipliedBy(3).compareTo(failureTimeout) <= 0,
          "heartbeat-interval",
          "must be at most a third of failure-timeout");
    }

    /** 500 ms, 3 s, 500 ms, 3 s, 10 s, 10 s. */
    public static Timing defaults() {
      return new Timing(
          Duration.ofMillis(500),
          Duration.ofSeconds(3),
          Duration.ofMillis(500),
          Duration.ofSeconds(3),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10));
    }
  }

  /**
   * How commands leave for the bucket.
   *
   * @param putsInFlightMax slots on their way at once
   * @param putBytesInFlightMax bytes of these; a larger batch goes alone
   * @param batchBytesMax of commands in one batch
   * @param batchCommandsMax commands in one batch
   * @param linger how long a batch gathers commands while another is on its way
   * @param lingerMax what the linger may grow to when the store asks for less load
   * @param putsPerSecondMax batches a second in the long run; 0: no limit
   * @param putBurst batches that may leave at once after a pause
   */
  public record Append(
      int putsInFlightMax,
      long putBytesInFlightMax,
      int batchBytesMax,
      int batchCommandsMax,
      Duration linger,
      Duration lingerMax,
      int putsPerSecondMax,
      int putBurst) {
    /** Refuses bounds that would stop all progress. */
    public Append {
      require(
          putsInFlightMax >= 1 && putsInFlightMax <= 16,
          "puts-in-flight",
          "must be between 1 and 16, was " + putsInFlightMax);
      atLeast(putBytesInFlightMax, 1, "put-bytes-in-flight-max");
      atLeast(batchBytesMax, 1, "batch-size-max");
      atLeast(batchCommandsMax, 1, "batch-commands-max");
      notNegative(linger, "linger");
      require(
          lingerMax.compareTo(linger) >= 0 && lingerMax.compareTo(Duration.ofSeconds(2)) <= 0,
          "linger-max",
          "must be between linger and 2 s, was " + lingerMax.toMillis() + " ms");
      atLeast(putsPerSecondMax, 0, "max-puts-per-second");
      atLeast(putBurst, 1, "put-burst");
    }

    /** 4 slots, 16 MiB, 4 MiB or 10 000 commands, 20 ms up to 2 s, 20 a second, 40 at once. */
    public static Append defaults() {
      return new Append(
          4, 16L << 20, 4 << 20, 10_000, Duration.ofMillis(20), Duration.ofSeconds(2), 20, 40);
    }
  }

  /**
   * What a linearizable read at the leader waits for. A follower may have found an entry in the
   * bucket of which its leader does not yet know that it was stored.
   */
  public enum ReadBarrier {
    /** Everything acknowledged before it. Followers then serve no linearizable reads. */
    COMMITTED,
    /** Everything sent before it, so that it sees all that any follower has shown. */
    SENT
  }

  /**
   * How reads are served.
   *
   * @param lease how long a leader may answer {@code LEASE} reads without asking the store; zero:
   *     never. Relies on clocks that run at nearly the same rate
   * @param clockDriftMax by what fraction two clocks of the group may run apart
   * @param barrier what a linearizable read at the leader waits for
   */
  public record Reads(Duration lease, double clockDriftMax, ReadBarrier barrier) {
    /** Refuses a drift that leaves no lease. */
    public Reads {
      notNegative(lease, "lease");
      require(
          lease.compareTo(Duration.ofMinutes(1)) <= 0,
          "lease",
          "must be at most 1 m, since a take-over waits for as long");
      require(
          clockDriftMax >= 0 && clockDriftMax <= 0.5,
          "clock-drift-max",
          "must be between 0 and 0.5, was " + clockDriftMax);
    }

    /** No leases, a drift of 1 %, sent. */
    public static Reads defaults() {
      return new Reads(Duration.ZERO, 0.01, ReadBarrier.SENT);
    }
  }

  /**
   * How single requests are made and repeated.
   *
   * @param attemptTimeoutMin an answer is awaited for at least this long; for longer when the store
   *     is slow
   * @param attemptTimeoutMax and for no longer than this
   * @param backoffMin bound of the first wait after a failure
   * @param backoffMax what this bound doubles up to
   * @param hedge repeat the PUT of the oldest slot when it takes longer than nearly all do
   * @param getsInFlightMax slots read at once by a replica that catches up
   * @param getBytesInFlightMax bytes read ahead of what is applied, about
   * @param tailPollMin how soon a replica without a leader's news looks for the next slot again
   * @param tailPollMax what this grows to while nothing comes
   */
  public record Requests(
      Duration attemptTimeoutMin,
      Duration attemptTimeoutMax,
      Duration backoffMin,
      Duration backoffMax,
      boolean hedge,
      int getsInFlightMax,
      long getBytesInFlightMax,
      Duration tailPollMin,
      Duration tailPollMax) {
    /** Refuses bounds that would stop all progress. */
    public Requests {
      positive(attemptTimeoutMin, "attempt-timeout");
      notBelow(attemptTimeoutMax, attemptTimeoutMin, "attempt-timeout-max", "attempt-timeout");
      positive(backoffMin, "backoff-min");
      notBelow(backoffMax, backoffMin, "backoff-max", "backoff-min");
      require(
          getsInFlightMax >= 1 && getsInFlightMax <= 64,
          "gets-in-flight",
          "must be between 1 and 64, was " + getsInFlightMax);
      atLeast(getBytesInFlightMax, 1, "get-bytes-in-flight-max");
      positive(tailPollMin, "tail-poll-min");
      notBelow(tailPollMax, tailPollMin, "tail-poll-max", "tail-poll-min");
    }

    /** 500 ms to 10 s, 100 ms to 5 s, hedged, 16 slots, 16 MiB, 50 ms to 2 s. */
    public static Requests defaults() {
      return new Requests(
          Duration.ofMillis(500),
          Duration.ofSeconds(10),
          Duration.ofMillis(100),
          Duration.ofSeconds(5),
          true,
          16,
          16L << 20,
          Duration.ofMillis(50),
          Duration.ofSeconds(2));
    }
  }

  /**
   * How snapshots are kept in the bucket.
   *
   * @param everySlots slots of log between two snapshots at most, however small they are
   * @param partBytes of a snapshot in one object
   * @param retainSlots of log kept behind a snapshot for replicas that lag a little
   * @param sweepInterval how often a leader looks for objects that nothing refers to
   */
  public record Snapshots(
      long everySlots, int partBytes, long retainSlots, Duration sweepInterval) {
    /** Refuses bounds that make no sense. */
    public Snapshots {
      atLeast(everySlots, 1, "snapshot-every-slots");
      atLeast(partBytes, 1, "snapshot-part");
      atLeast(retainSlots, 0, "retain-slots");
      positive(sweepInterval, "sweep-interval");
    }

    /** 2000 slots, 8 MiB, 200 slots, 1 h. */
    public static Snapshots defaults() {
      return new Snapshots(2000, 8 << 20, 200, Duration.ofHours(1));
    }
  }

  /** What holds when nothing is set. */
  public static S3Config defaults() {
    return new S3Config(
        "",
        Timing.defaults(),
        Append.defaults(),
        Reads.defaults(),
        Requests.defaults(),
        Snapshots.defaults());
  }

  /** The same below another prefix. */
  public S3Config with(String otherPrefix) {
    return new S3Config(otherPrefix, timing, append, reads, requests, snapshots);
  }

  /** The same with another timing. */
  public S3Config with(Timing other) {
    return new S3Config(prefix, other, append, reads, requests, snapshots);
  }

  /** The same with another way of sending commands. */
  public S3Config with(Append other) {
    return new S3Config(prefix, timing, other, reads, requests, snapshots);
  }

  /** The same with another way of reading. */
  public S3Config with(Reads other) {
    return new S3Config(prefix, timing, append, other, requests, snapshots);
  }

  /** The same with other requests. */
  public S3Config with(Requests other) {
    return new S3Config(prefix, timing, append, reads, other, snapshots);
  }

  /** The same with another way of keeping snapshots. */
  public S3Config with(Snapshots other) {
    return new S3Config(prefix, timing, append, reads, requests, other);
  }

  /** How long whoever takes over waits for a lease of this length to end by anybody's clock. */
  public long leaseWaitNanos(long leaseMillis) {
    return (long) Math.ceil(leaseMillis * 1e6 * (1 + reads.clockDriftMax));
  }

  private static void positive(Duration value, String key) {
    require(!value.isNegative() && !value.isZero(), key, "must be positive, was " + value);
  }

  private static void notNegative(Duration value, String key) {
    require(!value.isNegative(), key, "must not be negative, was " + value);
  }

  private static void notBelow(Duration value, Duration other, String key, String otherKey) {
    require(value.compareTo(other) >= 0, key, "must be at least " + otherKey + ", was " + value);
  }

  private static void atLeast(long value, long min, String key) {
    require(value >= min, key, "must be at least " + min + ", was " + value);
  }

  private static void require(boolean holds, String key, String what) {
    if (!holds) {
      throw new IllegalArgumentException("quorate.s3." + key + " " + what);
    }
  }
}
