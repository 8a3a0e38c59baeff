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
 * @param shownIsKnown whether later linearizable reads must see all that any read has shown;
 *     otherwise all that was acknowledged, or shown by a linearizable read
 * @param repairs whether replicas mend entries of their logs that are damaged on their disks
 * @param committedOnDisks how many disks make a quorum; 0: a majority
 */
public record Traits(
    boolean quorumOfDisks,
    boolean leaderComplete,
    boolean sharedStore,
    boolean shownIsKnown,
    boolean repairs,
    int committedOnDisks) {

  /** A quorum of disks is a majority, if disks count. */
  public Traits(
      boolean quorumOfDisks,
      boolean leaderComplete,
      boolean sharedStore,
      boolean shownIsKnown,
      boolean repairs) {
    this(quorumOfDisks, leaderComplete, sharedStore, shownIsKnown, repairs, 0);
  }

  /** Protocols that replicate to the members' own disks. */
  public static final Traits REPLICATED_DISKS = new Traits(true, true, false, true, false);

  /** The same, where a damaged entry is mended from other replicas. */
  public static final Traits REPAIRED_DISKS = new Traits(true, true, false, true, true);

  /** The same with a quorum of so many disks. */
  public Traits withQuorum(int disks) {
    return new Traits(quorumOfDisks, leaderComplete, sharedStore, shownIsKnown, repairs, disks);
  }

  /**
   * Protocols whose log is an object store, where a follower may find what its leader does not yet
   * know to be stored.
   */
  public static final Traits SHARED_STORE = new Traits(false, false, true, false, false);

  /** The same, where leaders' reads wait for what was sent to the store before them. */
  public static final Traits SHARED_STORE_WITH_BARRIER =
      new Traits(false, false, true, true, false);
}
