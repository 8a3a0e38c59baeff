// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.statetransfer;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.vsr.protocol.log.Loads;
import io.quorate.vsr.protocol.log.VsrLog;
import java.util.List;

/**
 * Cuts the log behind checkpoints (VRR §5.1): never further than this replica's own snapshot, nor
 * than what a replication quorum can restore from snapshots of its own, so that no majority that
 * lags is left without a source.
 */
public final class Checkpoints {
  private final VsrLog log;
  private final Loads loads;
  private final long retainSlots;
  private long ofQuorum;
  private long loadId;
  private long loadingCut;

  /**
   * Nothing is known of others.
   *
   * @param retainSlots of log kept behind the checkpoint of a quorum
   */
  public Checkpoints(VsrLog log, Loads loads, long retainSlots) {
    this.log = log;
    this.loads = loads;
    this.retainSlots = retainSlots;
  }

  /** Last op that a quorum can restore from its own snapshots, as far as is known here. */
  public long ofQuorum() {
    return ofQuorum;
  }

  /**
   * Cuts the log as far as is wise.
   *
   * @param quorum last op that a quorum can restore from snapshots
   * @param pinned last op that may be cut for the sake of snapshots on their way
   */
  public void compact(long quorum, long pinned, Effects out) {
    ofQuorum = Math.max(ofQuorum, quorum);
    SnapshotRef snapshot = log.snapshot();
    if (snapshot == null || loadId != 0) {
      return;
    }
    long allowed = Math.min(snapshot.slot(), ofQuorum);
    long cut = Math.min(allowed - retainSlots, Math.min(pinned, log.commit()));
    if (cut <= log.base().slot()) {
      return;
    }
    ChainHash hash = cut == snapshot.slot() ? snapshot.hash() : log.hashAt(cut);
    if (hash != null) {
      log.compactThrough(new LogBase(cut, log.viewAt(cut), hash));
      return;
    }
    loadId = loads.next();
    loadingCut = cut;
    out.load(loadId, cut, cut, 1);
  }

  /** Finishes a cut whose hash had to be read back; false if the load was not for that. */
  public boolean onLoaded(long id, List<Entry> entries) {
    if (id != loadId) {
      return false;
    }
    loadId = 0;
    if (!entries.isEmpty() && loadingCut > log.base().slot()) {
      Entry at = entries.get(0);
      Check.that(at.slot() == loadingCut, "loaded op %s for cut %s", at.slot(), loadingCut);
      log.compactThrough(new LogBase(at.slot(), at.epoch(), at.hash()));
    }
    return true;
  }
}
