// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import java.time.Duration;

/**
 * Bounds of one replica's queues and the pace of its snapshots; may differ between replicas.
 *
 * @param commandBytesMax largest command; larger ones are refused before they are logged
 * @param inFlightBytesMax commands between admission and answer; beyond it callers are told {@code
 *     Overloaded}
 * @param batchBytesMax largest slab, but for a single larger command
 * @param batchCommandsMax most commands in a slab
 * @param readsWaitingMax reads between arrival and answer; beyond it {@code Overloaded}
 * @param readTimeout how long a read may wait for a proof of leadership or for the log to be
 *     applied
 * @param inboxMessagesMax messages of other replicas that wait for a turn; beyond it they are
 *     dropped, as a network would
 * @param applyBacklogBytesMax committed but unapplied entries held in memory; beyond it nothing new
 *     is proposed
 * @param snapshotEveryLogBytes a snapshot is taken after this much applied log
 * @param snapshotsKept complete snapshots that stay on disk
 * @param tailBytesMax end of the log that is read into memory at start
 * @param sessionsMax sessions that may be open before a leader opens no more
 * @param sessionExpireAfter silence that a session survives whose client leaves that to the group
 * @param scrubEvery time between two readings of the whole log in search of damage; zero: never
 */
public record RuntimeLimits(
    int commandBytesMax,
    long inFlightBytesMax,
    int batchBytesMax,
    int batchCommandsMax,
    int readsWaitingMax,
    Duration readTimeout,
    int inboxMessagesMax,
    long applyBacklogBytesMax,
    long snapshotEveryLogBytes,
    int snapshotsKept,
    long tailBytesMax,
    int sessionsMax,
    Duration sessionExpireAfter,
    Duration scrubEvery) {

  private static final Duration AN_HOUR = Duration.ofHours(1);

  /**
   * 1 MiB commands, 64 MiB in flight, 1 MiB slabs, a snapshot every 256 MiB, two kept, no scrub.
   */
  public static final RuntimeLimits DEFAULT =
      new RuntimeLimits(
          1 << 20,
          64L << 20,
          1 << 20,
          4096,
          100_000,
          Duration.ofSeconds(5),
          8192,
          32L << 20,
          256L << 20,
          2,
          16L << 20,
          100_000,
          AN_HOUR,
          Duration.ZERO);

  /** The same, with sessions that survive an hour of silence, and a log that is not scrubbed. */
  public RuntimeLimits(
      int commandBytesMax,
      long inFlightBytesMax,
      int batchBytesMax,
      int batchCommandsMax,
      int readsWaitingMax,
      Duration readTimeout,
      int inboxMessagesMax,
      long applyBacklogBytesMax,
      long snapshotEveryLogBytes,
      int snapshotsKept,
      long tailBytesMax,
      int sessionsMax) {
    this(
        commandBytesMax,
        inFlightBytesMax,
        batchBytesMax,
        batchCommandsMax,
        readsWaitingMax,
        readTimeout,
        inboxMessagesMax,
        applyBacklogBytesMax,
        snapshotEveryLogBytes,
        snapshotsKept,
        tailBytesMax,
        sessionsMax,
        AN_HOUR,
        Duration.ZERO);
  }

  /** The same, with the whole log read so often in search of damage; zero: never. */
  public RuntimeLimits withScrubEvery(Duration every) {
    return new RuntimeLimits(
        commandBytesMax,
        inFlightBytesMax,
        batchBytesMax,
        batchCommandsMax,
        readsWaitingMax,
        readTimeout,
        inboxMessagesMax,
        applyBacklogBytesMax,
        snapshotEveryLogBytes,
        snapshotsKept,
        tailBytesMax,
        sessionsMax,
        sessionExpireAfter,
        every);
  }

  /** Refuses bounds that no load could ever respect. */
  public RuntimeLimits {
    positive(commandBytesMax, "commandBytesMax");
    positive(inFlightBytesMax, "inFlightBytesMax");
    positive(batchBytesMax, "batchBytesMax");
    positive(batchCommandsMax, "batchCommandsMax");
    positive(readsWaitingMax, "readsWaitingMax");
    positive(readTimeout.toNanos(), "readTimeout");
    positive(inboxMessagesMax, "inboxMessagesMax");
    positive(applyBacklogBytesMax, "applyBacklogBytesMax");
    positive(snapshotEveryLogBytes, "snapshotEveryLogBytes");
    positive(snapshotsKept, "snapshotsKept");
    positive(tailBytesMax, "tailBytesMax");
    positive(sessionsMax, "sessionsMax");
    positive(sessionExpireAfter.toNanos(), "sessionExpireAfter");
    if (scrubEvery.isNegative()) {
      throw new IllegalArgumentException("scrubEvery must not be negative, was " + scrubEvery);
    }
  }

  private static void positive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }
}
