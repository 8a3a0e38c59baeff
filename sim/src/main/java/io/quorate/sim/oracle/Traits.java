// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.oracle;

/**
 * What the oracle may expect of a protocol beyond what holds for all.
 *
 * @param quorumOfDisks whether a committed entry is durable on the disks of a majority when the
 *     first replica says that it is committed
 * @param leaderComplete whether a replica that becomes leader holds everything committed before
 * @param sharedStore whether the log is in an object store, so that a replica may lose its disk and
 *     still be right
 */
public record Traits(boolean quorumOfDisks, boolean leaderComplete, boolean sharedStore) {
  /** Protocols that replicate to the members' own disks: Raft, VSR. */
  public static final Traits REPLICATED_DISKS = new Traits(true, true, false);

  /** Protocols whose log is an object store. */
  public static final Traits SHARED_STORE = new Traits(false, false, true);
}
