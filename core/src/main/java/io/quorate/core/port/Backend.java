// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;

/** One consensus protocol: makes its cores, and knows its messages as bytes. */
public interface Backend {

  /** Name in the configuration: {@code raft}, {@code vsr}, {@code s3}. */
  String name();

  /**
   * What a protocol needs of the runtime around its cores.
   *
   * @param objects whether they keep their log in an object store
   * @param batchBytesMax largest slab that suits it; 0: the runtime's own
   * @param batchCommandsMax most commands in a slab that suit it; 0: the runtime's own
   * @param snapshotEverySlots slots of log between two snapshots at most, however small they are
   * @param checkpointsInLog whether all replicas take their snapshots at the same slots, which the
   *     leader names through the log; otherwise each takes its own when it has applied enough
   */
  record Needs(
      boolean objects,
      int batchBytesMax,
      int batchCommandsMax,
      long snapshotEverySlots,
      boolean checkpointsInLog) {
    /** Nothing in particular. */
    public static final Needs NONE = new Needs(false, 0, 0, Long.MAX_VALUE, false);

    /** Checkpoints through the log, and nothing else in particular. */
    public static final Needs CHECKPOINTS = new Needs(false, 0, 0, Long.MAX_VALUE, true);
  }

  /** What the protocol needs of the runtime. */
  default Needs needs() {
    return Needs.NONE;
  }

  /**
   * Whether its cores mend damaged entries from other replicas. If not, a replica whose log has any
   * does not start, and one that meets any halts.
   */
  default boolean repairs() {
    return false;
  }

  /** A replica of this protocol cannot recover without its disk; says why, and what to do. */
  final class CannotRecover extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says in one sentence why not, and what to do instead. */
    public CannotRecover(String message) {
      super(message);
    }
  }

  /**
   * What a replica must find as its hard state on an empty disk so that it does not pass for a new
   * one: its disk was lost, and it may have promised what it no longer knows.
   *
   * @param members how many the group has
   * @throws CannotRecover if the protocol has no way back for such a replica
   */
  default byte[] afterLostDisk(int members) throws CannotRecover {
    throw new CannotRecover(
        "backend = " + name() + " cannot bring back a replica whose disk is lost");
  }

  /** Makes the core of one replica. */
  ReplicaCore core(Seat seat);

  /** The protocol's messages as bytes; safe for use by several threads. */
  MessageCodec codec();
}
