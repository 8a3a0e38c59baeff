// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.NodeId;

/** What a primary knows of one backup. */
final class Peer {
  private final NodeId node;
  private long acknowledged;
  private long checkpoint;
  private long round;
  private long contactNanos;

  Peer(NodeId node, long nowNanos) {
    this.node = node;
    this.contactNanos = nowNanos;
  }

  NodeId node() {
    return node;
  }

  /** It has, durably and in the log of this view, every op up to here. */
  long acknowledged() {
    return acknowledged;
  }

  /** Last op that it can restore from a snapshot of its own. */
  long checkpoint() {
    return checkpoint;
  }

  /** Highest round that it echoed. */
  long round() {
    return round;
  }

  /** When it was last heard in this view. */
  long contactNanos() {
    return contactNanos;
  }

  void heard(long nowNanos) {
    contactNanos = nowNanos;
  }

  void echoed(long ofRound) {
    round = Math.max(round, ofRound);
  }

  void acknowledge(long op, long itsCheckpoint) {
    acknowledged = Math.max(acknowledged, op);
    checkpoint = Math.max(checkpoint, itsCheckpoint);
  }

  /** Its disk lost ops that it had acknowledged. */
  void forgetAcknowledged() {
    acknowledged = 0;
  }

  /** Its disk was lost, snapshots included. */
  void forgetAll() {
    acknowledged = 0;
    checkpoint = 0;
  }
}
