// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.compaction;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.Sealed;
import io.quorate.s3.layout.SnapshotPlace;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import org.jspecify.annotations.Nullable;

/**
 * Finds what nothing refers to any more (A.5.7): orphans and seals beyond the end of an epoch, what
 * earlier deletes left below the watermark, and folders of snapshots that were given up. The only
 * one who lists, and the order of a list does not matter to it.
 *
 * <p>Invariants: (W) and (S); a seal is deleted only beyond the recorded end of its epoch.
 */
final class Sweeper {
  private static final int LOOKS_MAX = 100;

  private final Site site;
  private final RootView view;
  private final Requests requests;
  private final Deletions deletions;
  private long nextNanos = Long.MIN_VALUE;
  private boolean stopped;
  private int looks;

  Sweeper(Site site, RootView view, Requests requests, Deletions deletions) {
    this.site = site;
    this.view = view;
    this.requests = requests;
    this.deletions = deletions;
  }

  void stop() {
    stopped = true;
  }

  /** Sweeps when it is time; the first time one interval after the epoch began. */
  void tick(Now now, Effects out) {
    long interval = site.config().snapshots().sweepInterval().toNanos();
    if (nextNanos == Long.MIN_VALUE) {
      nextNanos = now.monotonicNanos() + interval;
    }
    if (now.monotonicNanos() >= nextNanos && deletions.idle()) {
      nextNanos = now.monotonicNanos() + interval;
      looks = 0;
      list(site.keys().log(), null, now, out);
      list(site.keys().snapshots(), null, now, out);
    }
  }

  private void list(String prefix, @Nullable String continuation, Now now, Effects out) {
    requests.untilAnswered(
        new ObjectRequest.List(prefix, continuation),
        () -> !stopped,
        (result, sentNanos, then, effects) -> {
          if (result instanceof ObjectResult.Listed listed) {
            for (ObjectResult.Item item : listed.items()) {
              sweep(item.key(), then, effects);
            }
            if (listed.continuation() != null) {
              list(prefix, listed.continuation(), then, effects);
            }
          }
        },
        now,
        out);
  }

  private void sweep(String key, Now now, Effects out) {
    switch (site.keys().parse(key)) {
      case ObjectKeys.Named.SlotKey slot -> sweepSlot(key, slot, now, out);
      case ObjectKeys.Named.SnapshotKey snapshot -> {
        if (isUnreferenced(snapshot)) {
          deletions.add(key, now, out);
        }
      }
      case ObjectKeys.Named.RootKey root -> {}
      case null -> {} // not ours to judge
    }
  }

  /** Uploads under way are above the root's snapshot, so they are never taken for garbage. */
  private boolean isUnreferenced(ObjectKeys.Named.SnapshotKey key) {
    Root root = view.known();
    SnapshotPlace newest = root.snapshot();
    return newest != null
        && key.slot() < newest.slot()
        && !isOf(newest, key)
        && !isOf(root.previousSnapshot(), key);
  }

  private static boolean isOf(@Nullable SnapshotPlace place, ObjectKeys.Named.SnapshotKey key) {
    return place != null
        && place.slot() == key.slot()
        && place.epoch() == key.epoch()
        && place.nonce() == key.nonce();
  }

  private void sweepSlot(String key, ObjectKeys.Named.SlotKey at, Now now, Effects out) {
    Root root = view.known();
    if (at.epoch() > root.epoch()) {
      return;
    }
    Sealed sealed = root.endOf(at.epoch());
    if (sealed != null && at.slot() > sealed.end()) {
      deletions.add(key, now, out); // an orphan, or a seal of a volley that went too far
    } else if (at.slot() < root.truncateSlot() && (sealed == null || at.slot() < sealed.end())) {
      deleteIfData(key, root, at, now, out);
    }
  }

  private void deleteIfData(
      String key, Root root, ObjectKeys.Named.SlotKey at, Now now, Effects out) {
    looks++;
    if (looks > LOOKS_MAX) {
      return;
    }
    requests.untilAnswered(
        new ObjectRequest.Get(key, null),
        () -> !stopped,
        (result, sentNanos, then, effects) -> {
          if (result instanceof ObjectResult.Found found && isData(key, root, at, found.bytes())) {
            deletions.add(key, then, effects);
          }
        },
        now,
        out);
  }

  private static boolean isData(String key, Root root, ObjectKeys.Named.SlotKey at, byte[] object) {
    try {
      return StoredObject.decode(key, root.group(), at.epoch(), at.slot(), object)
          instanceof StoredObject.Data;
    } catch (CorruptObject e) {
      return false; // kept for people to look at
    }
  }
}
