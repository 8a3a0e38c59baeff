// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.tail;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.SnapshotManifest;
import io.quorate.s3.layout.SnapshotPart;
import io.quorate.s3.layout.SnapshotPlace;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the root's snapshot, part by part, into the local store. A part that is gone means that a
 * newer snapshot took its place: begin again from the root. One that is damaged twice makes way for
 * the snapshot before, which the watermark always allows.
 */
public final class SnapshotDownload {
  private static final int FAILURES_MAX = 2;

  /** Whoever needs the snapshot. */
  public interface Owner {
    /** It is complete, verified and in the local store. */
    void onDownloaded(SnapshotRef snapshot, Now now, Effects out);

    /** The log has reached it by other ways: it was given up. */
    void onOvertaken(Now now, Effects out);
  }

  private final Site site;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final Agenda agenda;
  private final S3Log log;
  private final Owner owner;
  private boolean active;
  private long round;
  private @Nullable SnapshotPlace place;
  private @Nullable SnapshotManifest manifest;
  private @Nullable SnapshotPlace failing;
  private int failures;
  private boolean newestFailed;
  private int writing;
  private boolean disturbed;

  /** Fetches nothing yet. */
  public SnapshotDownload(
      Site site,
      RootView view,
      RootReader reader,
      Requests requests,
      Agenda agenda,
      S3Log log,
      Owner owner) {
    this.site = site;
    this.view = view;
    this.reader = reader;
    this.requests = requests;
    this.agenda = agenda;
    this.log = log;
    this.owner = owner;
  }

  /** Whether a snapshot is on its way. */
  public boolean active() {
    return active;
  }

  /** Begins, unless it is under way. */
  public void begin(Now now, Effects out) {
    if (!active) {
      active = true;
      disturbed = false;
      restart(now, out);
    }
  }

  private void restart(Now now, Effects out) {
    round++;
    manifest = null;
    Root root = view.known();
    SnapshotPlace newest = root.snapshot();
    SnapshotPlace before = root.previousSnapshot();
    SnapshotPlace chosen = newestFailed && before != null ? before : newest;
    if (chosen == null) {
      active = false;
      out.halt(
          site.keys().root()
              + " names no snapshot, but this replica needs slots below its first one; bring the"
              + " root's newest version back");
      return;
    }
    place = chosen;
    String key = site.keys().manifest(chosen);
    long asked = round;
    requests.untilAnswered(
        new ObjectRequest.Get(key, null),
        () -> round == asked,
        (result, sentNanos, then, effects) -> onManifest(chosen, key, result, then, effects),
        now,
        out);
  }

  private void onManifest(
      SnapshotPlace from, String key, ObjectResult result, Now now, Effects out) {
    if (!(result instanceof ObjectResult.Found found)) {
      fail(from, "object " + key + " is missing", now, out);
      return;
    }
    try {
      SnapshotManifest read =
          SnapshotManifest.decode(key, view.known().group(), from, found.bytes());
      manifest = read;
      getPart(from, read, 0, now, out);
    } catch (CorruptObject e) {
      fail(from, String.valueOf(e.getMessage()), now, out);
    }
  }

  private void getPart(SnapshotPlace from, SnapshotManifest whole, int part, Now now, Effects out) {
    String key = site.keys().part(from, part);
    long asked = round;
    requests.untilAnswered(
        new ObjectRequest.Get(key, null),
        () -> round == asked,
        (result, sentNanos, then, effects) -> {
          if (!(result instanceof ObjectResult.Found found)) {
            fail(from, "object " + key + " is missing", then, effects);
            return;
          }
          try {
            byte[] bytes =
                SnapshotPart.decode(key, view.known().group(), from, part, found.bytes());
            writing = part;
            effects.writeSnapshot(whole.snapshot(), whole.offset(part), bytes);
          } catch (CorruptObject e) {
            fail(from, String.valueOf(e.getMessage()), then, effects);
          }
        },
        now,
        out);
  }

  /** A snapshot was taken here: the local store has discarded what was received of this one. */
  public void onOwnSnapshot() {
    disturbed = active;
  }

  /** A part was written to the local store. */
  public void onReceived(Event.SnapshotReceived received, Now now, Effects out) {
    SnapshotManifest whole = manifest;
    SnapshotPlace from = place;
    if (!active || whole == null || from == null || !whole.snapshot().equals(received.snapshot())) {
      return; // of an attempt that was given up
    }
    if (!received.complete() && isOvertaken(from)) {
      giveUp(now, out);
      return;
    }
    if (received.complete()) {
      active = false;
      round++;
      failures = 0;
      newestFailed = false;
      owner.onDownloaded(received.snapshot(), now, out);
    } else if (received.nextOffset() == 0 && disturbed) {
      disturbed = false;
      getPart(from, whole, 0, now, out);
    } else if (writing == whole.parts() - 1 || received.nextOffset() % whole.partBytes() != 0) {
      fail(from, received.snapshot() + " does not match its checksum", now, out);
    } else {
      getPart(from, whole, (int) (received.nextOffset() / whole.partBytes()), now, out);
    }
  }

  /** The log grew by other ways: what it has reached by itself needs no snapshot. */
  private boolean isOvertaken(SnapshotPlace from) {
    return log.committed().slot() >= from.slot();
  }

  private void giveUp(Now now, Effects out) {
    active = false;
    round++;
    manifest = null;
    failures = 0;
    newestFailed = false;
    owner.onOvertaken(now, out);
  }

  private void fail(SnapshotPlace from, String what, Now now, Effects out) {
    if (isOvertaken(from)) {
      giveUp(now, out);
      return;
    }
    round++;
    manifest = null;
    long asked = round;
    reader.ask(
        (sentNanos, then, effects) -> {
          if (round == asked && active) {
            onFailed(from, what, then, effects);
          }
        },
        now,
        out);
  }

  private void onFailed(SnapshotPlace from, String what, Now now, Effects out) {
    Root root = view.known();
    boolean named = from.equals(root.snapshot()) || from.equals(root.previousSnapshot());
    if (!named) {
      failures = 0;
      newestFailed = false;
      restart(now, out);
      return;
    }
    failures = from.equals(failing) ? failures + 1 : 1;
    failing = from;
    out.trace(new Trace.Noted("s3 A.5.8 snapshot", what));
    if (failures >= FAILURES_MAX) {
      boolean older = from.equals(root.snapshot()) && root.previousSnapshot() != null;
      if (!older) {
        active = false;
        out.halt(
            what
                + ", although root version "
                + root.version()
                + " needs it; bring the object back from the bucket's versions, then restart");
        return;
      }
      newestFailed = true;
      failures = 0;
    }
    long asked = round;
    agenda.at(
        now.monotonicNanos() + requests.backoffNanos(failures + 1),
        (then, effects) -> {
          if (round == asked && active) {
            restart(then, effects);
          }
        });
  }
}
