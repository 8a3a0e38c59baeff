// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

/** A replica's door as its own process sees it: what transports serve to remote clients. */
public interface ReplicaDoor extends Gateway {

  /**
   * As {@link #flush}, by a thread of the transport: it may be used for the next step, as long as
   * nothing blocks.
   */
  default void flushHere() {
    flush();
  }

  /** A recent picture of the replica; never blocks. */
  ReplicaReport report();
}
