// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.snapshot;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.protocol.log.RaftLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Knows the newest snapshot of this replica, and cuts the log behind it: keeps what live followers
 * are about to need, within a bound.
 */
public final class Compaction {
  private final RaftLog log;
  private final RaftConfig.Snapshots config;
  private @Nullable SnapshotRef newest;
  private long loadId;
  private long loadingCut;

  /** No snapshot yet. */
  public Compaction(RaftLog log, RaftConfig.Snapshots config) {
    this.log = log;
    this.config = config;
  }

  /** The newest complete snapshot; null if there is none. */
  public @Nullable SnapshotRef newest() {
    return newest;
  }

  /** A complete snapshot exists; the log stays as it is. */
  public void offer(SnapshotRef snapshot) {
    SnapshotRef known = newest;
    if (known == null || snapshot.slot() >= known.slot()) {
      newest = snapshot;
    }
  }

  /**
   * Cuts the log as far as is wise.
   *
   * @param followersHave last slot that every live follower has
   * @param pinned last slot that may be cut for the sake of snapshots on their way
   * @param nextLoadId names a load, in case the hash at the cut must be read back
   * @return whether that load was asked for
   */
  public boolean compact(long followersHave, long pinned, long nextLoadId, Effects out) {
    SnapshotRef snapshot = newest;
    if (snapshot == null || !log.has(snapshot.slot())) {
      return false;
    }
    long wanted = Math.min(snapshot.slot(), followersHave - config.retainSlots());
    long bounded = snapshot.slot() - log.entriesIn(config.retainBytes());
    long cut = Math.min(Math.max(wanted, bounded), Math.min(pinned, snapshot.slot()));
    if (cut <= log.base().slot() || cut > log.commit()) {
      return false;
    }
    ChainHash hash = cut == snapshot.slot() ? snapshot.hash() : log.hashAt(cut);
    if (hash != null) {
      log.compactThrough(new LogBase(cut, log.termAt(cut), hash));
      return false;
    }
    loadId = nextLoadId;
    loadingCut = cut;
    out.load(nextLoadId, cut, cut, 1);
    return true;
  }

  /** Finishes a cut whose hash had to be read back; false if the load was not for that. */
  public boolean onLoaded(long loadedId, List<Entry> entries) {
    if (loadedId != loadId) {
      return false;
    }
    loadId = 0;
    if (!entries.isEmpty() && loadingCut > log.base().slot()) {
      Entry at = entries.get(0);
      Check.that(at.slot() == loadingCut, "loaded slot %s for cut %s", at.slot(), loadingCut);
      log.compactThrough(new LogBase(at.slot(), at.epoch(), at.hash()));
    }
    return true;
  }
}
