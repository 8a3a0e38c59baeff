// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.compaction;

import io.quorate.api.NodeId;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.Segment;
import io.quorate.s3.layout.SnapshotManifest;
import io.quorate.s3.layout.SnapshotPart;
import io.quorate.s3.layout.SnapshotPlace;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Replacement;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import org.jspecify.annotations.Nullable;

/**
 * A leader puts its snapshots into the bucket (A.5.7): parts, then the manifest, in a folder that
 * is never used twice; then the root, which moves the watermark; and only when that is known to
 * have taken place, what is below the watermark is deleted.
 *
 * <p>Invariants: a key of the log is deleted only while a root with a higher watermark is in place
 * (W); the key of the seal that ends an epoch is never deleted (S).
 */
public final class Publisher implements Replacement.Owner {

  /** One snapshot on its way. */
  private static final class Upload {
    final SnapshotManifest manifest;
    final SnapshotPlace place;
    int part;
    byte[] bytes = new byte[0];
    int filled;

    Upload(SnapshotManifest manifest, SnapshotPlace place) {
      this.manifest = manifest;
      this.place = place;
    }
  }

  private final Site site;
  private final long epoch;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final Agenda agenda;
  private final Deletions deletions;
  private final Sweeper sweeper;
  private @Nullable SnapshotRef newest;
  private @Nullable Upload upload;
  private @Nullable Replacement replacement;
  private @Nullable Root basis;
  private boolean stopped;

  /** Publishes nothing yet. */
  public Publisher(
      Site site, long epoch, RootView view, RootReader reader, Requests requests, Agenda agenda) {
    this.site = site;
    this.epoch = epoch;
    this.view = view;
    this.reader = reader;
    this.requests = requests;
    this.agenda = agenda;
    this.deletions = new Deletions(requests);
    this.sweeper = new Sweeper(site, view, requests, deletions);
  }

  /** A complete snapshot is in the local store. */
  public void offer(SnapshotRef snapshot, Effects out) {
    newest = snapshot;
    begin(out);
  }

  /** Looks for objects that nothing refers to, when it is time. */
  public void tick(Now now, Effects out) {
    if (!stopped) {
      sweeper.tick(now, out);
    }
  }

  /** The epoch is over. */
  public void stop() {
    stopped = true;
    upload = null;
    deletions.stop();
    sweeper.stop();
    Replacement started = replacement;
    if (started != null) {
      started.abandon();
    }
  }

  private void begin(Effects out) {
    SnapshotRef snapshot = newest;
    Root root = view.known();
    SnapshotPlace published = root.snapshot();
    boolean wanted =
        !stopped
            && root.epoch() == epoch
            && upload == null
            && replacement == null
            && snapshot != null
            && (published == null || snapshot.slot() > published.slot());
    if (!wanted || snapshot == null) {
      return;
    }
    SnapshotManifest manifest =
        new SnapshotManifest(snapshot, site.config().snapshots().partBytes());
    Upload next = new Upload(manifest, manifest.place(site.random().nextLong()));
    upload = next;
    out.trace(new Trace.Noted("s3 A.5.7 publish", "uploading " + snapshot));
    beginPart(next, out);
  }

  private void beginPart(Upload current, Effects out) {
    long left = current.manifest.snapshot().sizeBytes() - current.manifest.offset(current.part);
    current.bytes = new byte[(int) Math.min(current.manifest.partBytes(), left)];
    current.filled = 0;
    readOn(current, out);
  }

  private void readOn(Upload current, Effects out) {
    out.readSnapshot(
        site.self(),
        current.manifest.snapshot(),
        current.manifest.offset(current.part) + current.filled,
        current.bytes.length - current.filled);
  }

  /** Bytes of the local snapshot were read. */
  public void onChunk(Event.SnapshotChunk chunk, Now now, Effects out) {
    Upload current = upload;
    NodeId self = site.self();
    if (current == null
        || !chunk.to().equals(self)
        || !chunk.snapshot().equals(current.manifest.snapshot())
        || chunk.offset() != current.manifest.offset(current.part) + current.filled) {
      return; // for an upload that was given up
    }
    int length = Math.min(chunk.bytes().length, current.bytes.length - current.filled);
    if (length == 0) {
      out.trace(
          new Trace.Noted("s3 A.5.7 publish", chunk.snapshot() + " was pruned before its upload"));
      upload = null;
      return;
    }
    System.arraycopy(chunk.bytes(), 0, current.bytes, current.filled, length);
    current.filled += length;
    if (current.filled < current.bytes.length) {
      readOn(current, out);
    } else {
      putPart(current, now, out);
    }
  }

  private void putPart(Upload current, Now now, Effects out) {
    byte[] object =
        SnapshotPart.bytes(
            view.known().group(), site.incarnation(), current.place, current.part, current.bytes);
    String key = site.keys().part(current.place, current.part);
    requests.untilAnswered(
        new ObjectRequest.Put(key, object),
        () -> upload == current,
        (result, sentNanos, then, effects) -> {
          current.part++;
          if (current.part < current.manifest.parts()) {
            beginPart(current, effects);
          } else {
            putManifest(current, then, effects);
          }
        },
        now,
        out);
  }

  private void putManifest(Upload current, Now now, Effects out) {
    byte[] object = current.manifest.bytes(view.known().group(), site.incarnation());
    requests.untilAnswered(
        new ObjectRequest.Put(site.keys().manifest(current.place), object),
        () -> upload == current,
        (result, sentNanos, then, effects) -> replaceRoot(current, then, effects),
        now,
        out);
  }

  private void replaceRoot(Upload current, Now now, Effects out) {
    upload = null;
    Root before = view.known();
    if (before.epoch() != epoch) {
      return;
    }
    basis = before;
    Root next =
        before.published(site.draw(), current.place, site.config().snapshots().retainSlots());
    Replacement started =
        new Replacement(
            site, view, reader, requests, agenda, before, String.valueOf(view.etag()), next, this);
    replacement = started;
    started.send(now, out);
  }

  @Override
  public void onReplaced(Now now, Effects out) {
    replacement = null;
    Root before = basis;
    if (stopped || before == null) {
      return;
    }
    Root after = view.known();
    out.trace(
        new Trace.Noted(
            "s3 A.5.7 publish",
            "root version " + after.version() + ", watermark " + after.truncateSlot()));
    for (long slot = before.truncateSlot(); slot < after.truncateSlot(); slot++) {
      Segment segment = before.segmentOf(slot);
      if (segment != null) {
        deletions.add(site.keys().slot(segment.epoch(), slot), now, out);
      }
    }
    SnapshotPlace unreferenced = before.previousSnapshot();
    if (unreferenced != null) {
      deleteFolder(unreferenced, null, now, out);
    }
    begin(out);
  }

  private void deleteFolder(
      SnapshotPlace place, @Nullable String continuation, Now now, Effects out) {
    requests.untilAnswered(
        new ObjectRequest.List(site.keys().snapshots() + place.folder() + "/", continuation),
        () -> !stopped,
        (result, sentNanos, then, effects) -> {
          if (result instanceof ObjectResult.Listed listed) {
            for (ObjectResult.Item item : listed.items()) {
              deletions.add(item.key(), then, effects);
            }
            if (listed.continuation() != null) {
              deleteFolder(place, listed.continuation(), then, effects);
            }
          }
        },
        now,
        out);
  }

  @Override
  public void onDefeated(Now now, Effects out) {
    // Another epoch has begun; whoever watches the root ends this one.
    replacement = null;
  }
}
