// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.LogBase;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.Mend;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the log that was found and the marker beside it.
 *
 * <p>The files give back a prefix of the groups that were written. If it reaches the marker's
 * group, nothing that was synced is missing, as far as the marker knows. If it does not, groups are
 * lost: the hard state of the last one is put back from the marker; and the head is uncertain,
 * unless the log of that group is there all the same, proved by its hash.
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
    return of(log.head(), log.base(), log.hardState(), log.hashAtWitness(), claim);
  }

  /**
   * Compares a log with its marker.
   *
   * @param hashAtWitness hash of the log at the marker's slot; null if the log does not have it
   */
  static TailVerdict of(
      LogFormat.Head head,
      LogBase base,
      byte @Nullable [] hardState,
      @Nullable ChainHash hashAtWitness,
      SyncMarker.@Nullable Claim claim) {
    long last = head.slot();
    if (claim == null) {
      return new TailVerdict(head.group(), hardState, last, last + 1, false);
    }
    if (head.group() >= claim.group()) {
      long uncertain = claim.uncertainBelow() > last ? claim.uncertainBelow() : 0;
      return new TailVerdict(head.group(), hardState, last, uncertain, false);
    }
    if (!claim.hardStateKnown()) {
      throw new StorageFault(
          "the log lost its end and with it what this replica voted for; " + Mend.REPLACE);
    }
    boolean whole = claim.slot() >= base.slot() && claim.hash().equals(hashAtWitness);
    if (whole) {
      long uncertain = claim.uncertainBelow() > claim.slot() ? claim.uncertainBelow() : 0;
      return new TailVerdict(claim.group(), claim.hardState(), claim.slot(), uncertain, true);
    }
    long uncertain = Math.max(claim.slot(), last + 1);
    return new TailVerdict(
        claim.group(), claim.hardState(), last, Math.max(uncertain, claim.uncertainBelow()), true);
  }
}
