// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.replication;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.transfer.SnapshotTransfer;
import io.quorate.raft.RaftConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a leader knows of one follower, and how it feeds it.
 *
 * <p>Invariants: match &lt; next; match never decreases unless the follower says that its disk lost
 * entries; a transfer exists exactly in mode {@code SNAPSHOT}.
 */
public final class Progress {
  /** How a follower is fed. */
  public enum Mode {
    /** Where its log agrees is not known: one message at a time. */
    PROBE,
    /** Its log agrees: messages follow each other without waiting. */
    REPLICATE,
    /** What it needs is no longer in the log. */
    SNAPSHOT
  }

  private final NodeId node;
  private final InFlight inFlight;
  private Mode mode = Mode.PROBE;
  private long match;
  private long next;
  private boolean probing;
  private long loadId;
  private long round;
  private long contactNanos;
  private @Nullable SnapshotTransfer transfer;

  Progress(NodeId node, long next, long nowNanos, RaftConfig.Pipeline config) {
    this.node = node;
    this.next = next;
    this.contactNanos = nowNanos;
    this.inFlight = new InFlight(config.appendsInFlightMax(), config.appendBytesInFlightMax());
  }

  /** Which follower. */
  public NodeId node() {
    return node;
  }

  /** How it is fed. */
  public Mode mode() {
    return mode;
  }

  /** Last slot up to which its log is durable and agrees with the leader's. */
  public long match() {
    return match;
  }

  /** Next slot to be sent. */
  public long next() {
    return next;
  }

  /** Highest round that it echoed. */
  public long round() {
    return round;
  }

  /** When it was last heard in this term. */
  public long contactNanos() {
    return contactNanos;
  }

  /** The snapshot on its way, if any. */
  public @Nullable SnapshotTransfer transfer() {
    return transfer;
  }

  /** It spoke, and was told of {@code echoedRound} before. */
  void heard(long echoedRound, long nowNanos) {
    round = Math.max(round, echoedRound);
    contactNanos = nowNanos;
  }

  /** Whether entries may be sent to it now. */
  boolean maySend() {
    return switch (mode) {
      case PROBE -> !probing && loadId == 0;
      case REPLICATE -> !inFlight.full() && loadId == 0;
      case SNAPSHOT -> false;
    };
  }

  /** A message with entries up to {@code lastSlot} left. */
  void sent(long lastSlot, long sizeBytes) {
    Check.that(lastSlot >= next, "sent up to %s, next is %s", lastSlot, next);
    if (mode == Mode.PROBE) {
      probing = true;
    } else {
      inFlight.add(lastSlot, sizeBytes);
      next = lastSlot + 1;
    }
  }

  /** Entries for it are being read back from the log. */
  void loading(long id) {
    loadId = id;
  }

  boolean isLoading(long id) {
    return loadId == id;
  }

  /** Its log is durable up to {@code slot} and agrees with ours. */
  void acknowledge(long slot) {
    match = Math.max(match, slot);
    inFlight.acknowledge(slot);
    if (mode == Mode.PROBE) {
      if (slot >= next - 1) {
        probing = false;
        loadId = 0;
        mode = Mode.REPLICATE;
      }
    }
    next = Math.max(next, match + 1);
  }

  /** Looks for the place where the logs agree, beginning before {@code probeNext}. */
  void probe(long probeNext) {
    mode = Mode.PROBE;
    probing = false;
    loadId = 0;
    transfer = null;
    inFlight.clear();
    next = Math.max(probeNext, match + 1);
  }

  /** Sends it a snapshot. */
  void sendSnapshot(SnapshotTransfer begun) {
    mode = Mode.SNAPSHOT;
    probing = false;
    loadId = 0;
    inFlight.clear();
    transfer = begun;
  }

  /** It lost entries that it had acknowledged. */
  void forgetMatch() {
    match = 0;
    if (mode == Mode.REPLICATE) {
      probe(next);
    }
  }
}
