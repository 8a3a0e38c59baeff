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
   */
  record Needs(boolean objects, int batchBytesMax, int batchCommandsMax, long snapshotEverySlots) {
    /** Nothing in particular. */
    public static final Needs NONE = new Needs(false, 0, 0, Long.MAX_VALUE);
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

  /** Makes the core of one replica. */
  ReplicaCore core(Seat seat);

  /** The protocol's messages as bytes; safe for use by several threads. */
  MessageCodec codec();
}
