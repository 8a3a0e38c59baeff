// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0
package io.quorate.rocksdb;

import io.quorate.core.log.LogBase;
import io.quorate.core.port.LogStore.StorageFault;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the log that was found and the marker beside it.
 *
 * <p>RocksDB gives back a prefix of the groups that were written. If it reaches the marker's group,
 * nothing that was synced is missing, as far as the marker knows. If it does not, groups are lost:
 * the hard state of the last one is put back from the marker; and the head is uncertain, unless the
 * log of that group is there all the same, proved by its hash.
 *
 * <p>The head becomes certain again when the log reaches {@code uncertainBelow}, which is above
 * everything that was found: then some leader has appended to it, and every entry that was ever
 * acknowledged here is either in that leader's log or was never committed.
 *
 * @param group number of the last group; the next one gets one more
 * @param hardState what the protocol must go on from
 * @param keepThrough last slot to keep: beyond it stand entries that a lost group had truncated
 * @param uncertainBelow 0 if the head is certain
 * @param repairs whether the database must be brought up to this verdict
 */
record TailVerdict(
    long group,
    byte @Nullable [] hardState,
    long keepThrough,
    long uncertainBelow,
    boolean repairs) {

  static TailVerdict of(LogProof.Proven log, SyncMarker.@Nullable Claim claim) {
    LogFormat.Head head = log.head();
    long last = head.slot();
    if (claim == null) {
      return new TailVerdict(head.group(), log.hardState(), last, last + 1, false);
    }
    long stillUncertain = claim.uncertainBelow() > last ? claim.uncertainBelow() : 0;
    if (head.group() >= claim.group()) {
      return new TailVerdict(head.group(), log.hardState(), last, stillUncertain, false);
    }
    if (!claim.hardStateKnown()) {
      throw new StorageFault(
          "the log lost its end and with it what this replica voted for; " + Mend.REPLACE);
    }
    LogBase base = log.base();
    boolean whole =
        claim.slot() >= base.slot() && claim.hash().equals(log.hashAtWitness()) && last >= claim.slot();
    if (whole) {
      long uncertain = claim.uncertainBelow() > claim.slot() ? claim.uncertainBelow() : 0;
      return new TailVerdict(claim.group(), claim.hardState(), claim.slot(), uncertain, true);
    }
    return new TailVerdict(
        claim.group(), claim.hardState(), last, Math.max(claim.slot(), last + 1), true);
  }
}
