// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.inspect;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.inspect.PrefixReport.Findings;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.Sealed;
import io.quorate.s3.layout.Segment;
import io.quorate.s3.layout.SnapshotPlace;
import io.quorate.s3.layout.StoredObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log from the watermark to its end: each object whole, each linked to the one before,
 * each ended epoch with its seal; then looks what else is listed.
 */
final class LogWalk {
  /** No leader has more slots on their way; see {@code S3Config.Append.putsInFlightMax}. */
  private static final int IN_FLIGHT_MAX = 16;

  private static final int READ_AT_ONCE = 16;
  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private final Root root;
  private final ObjectKeys keys;
  private final StoreReader reader;
  private final Findings findings;
  private final long hourAgoNanos;
  private @Nullable ChainHash last;
  private long entries;
  private long bytes;
  private long end;

  LogWalk(Root root, ObjectKeys keys, StoreReader reader, Findings findings, long nowNanos) {
    this.root = root;
    this.keys = keys;
    this.reader = reader;
    this.findings = findings;
    this.hourAgoNanos = nowNanos - HOUR_NANOS;
  }

  void walk() throws StoreUnreadable {
    last = hashBelow(root.truncateSlot());
    for (Segment segment : root.segments()) {
      walk(segment);
    }
    findings.fact("entries", entries + " (" + bytes + " bytes)");
    findings.fact("last slot", end - 1);
    for (Sealed sealed : root.history()) {
      verifySeal(sealed);
    }
    lookForOthers();
  }

  /** H of the slot below, if a snapshot tells; otherwise the first entry has nothing to link to. */
  private @Nullable ChainHash hashBelow(long slot) {
    for (SnapshotPlace place : places()) {
      if (place.slot() == slot - 1) {
        return place.hash();
      }
    }
    return null;
  }

  private List<SnapshotPlace> places() {
    List<SnapshotPlace> places = new ArrayList<>();
    if (root.snapshot() != null) {
      places.add(root.snapshot());
    }
    if (root.previousSnapshot() != null) {
      places.add(root.previousSnapshot());
    }
    return places;
  }

  private void walk(Segment segment) throws StoreUnreadable {
    long slot = Math.max(segment.start(), root.truncateSlot());
    if (slot == segment.start()) {
      ChainHash reached = last;
      if (reached != null && !reached.equals(segment.parent())) {
        findings.damage(
            "%s: %s does not continue H(%d) = %s of the log before it"
                .formatted(keys.root(), segment, slot - 1, reached));
      }
      last = segment.parent();
    }
    boolean more = true;
    while (more && (segment.open() || slot < segment.end())) {
      long to = slot + READ_AT_ONCE;
      if (!segment.open()) {
        to = Math.min(to, segment.end());
      }
      List<String> names = new ArrayList<>();
      for (long each = slot; each < to; each++) {
        names.add(keys.slot(segment.epoch(), each));
      }
      List<byte @Nullable []> objects = reader.getAll(names);
      for (int i = 0; i < objects.size() && more; i++) {
        more = take(segment, slot, names.get(i), objects.get(i));
        slot += more ? 1 : 0;
      }
    }
    end = slot;
  }

  /** Judges what is under a key; whether the segment goes on behind it. */
  private boolean take(Segment segment, long slot, String key, byte @Nullable [] object) {
    if (object == null) {
      if (segment.open()) {
        return false;
      }
      findings.damage("object " + key + " is missing: slot " + slot + " is part of the log");
      last = null;
      return true;
    }
    bytes += object.length;
    try {
      StoredObject stored = StoredObject.decode(key, root.group(), segment.epoch(), slot, object);
      return switch (stored) {
        case StoredObject.Data data -> {
          link(key, data.entry());
          yield true;
        }
        case StoredObject.Seal seal -> atSeal(segment, key, seal);
      };
    } catch (CorruptObject e) {
      findings.damage(String.valueOf(e.getMessage()));
      last = null;
      return true;
    }
  }

  private boolean atSeal(Segment segment, String key, StoredObject.Seal seal) {
    if (segment.open()) {
      findings.note(
          "epoch %d is sealed at slot %d, and nobody has taken over yet"
              .formatted(segment.epoch(), seal.slot()));
      count(seal.timeNanos());
      return false;
    }
    findings.damage(
        "object %s is a seal, but the root counts on entries up to slot %d of epoch %d"
            .formatted(key, segment.end() - 1, segment.epoch()));
    last = null;
    return true;
  }

  private void link(String key, Entry entry) {
    entries++;
    count(entry.timeNanos());
    ChainHash before = last;
    if (before != null && !before.equals(entry.parentHash())) {
      findings.damage(
          "object %s does not link: it follows %s, the slot before has %s"
              .formatted(key, entry.parentHash(), before));
    }
    last = entry.hash();
    for (SnapshotPlace place : places()) {
      if (place.slot() == entry.slot() && !place.hash().equals(entry.hash())) {
        findings.damage(
            "snapshot %s ends with H = %s, but object %s has %s"
                .formatted(place.folder(), place.hash(), key, entry.hash()));
      }
    }
  }

  private void count(long timeNanos) {
    if (timeNanos >= hourAgoNanos) {
      findings.created();
    }
  }

  private void verifySeal(Sealed sealed) throws StoreUnreadable {
    String key = keys.slot(sealed.epoch(), sealed.end());
    byte[] object = reader.get(key);
    if (object == null) {
      findings.damage(
          "object %s is missing: it is the seal that ends epoch %d, which is kept for ever"
              .formatted(key, sealed.epoch()));
      return;
    }
    try {
      if (StoredObject.decode(key, root.group(), sealed.epoch(), sealed.end(), object)
          instanceof StoredObject.Seal seal) {
        count(seal.timeNanos());
      } else {
        findings.damage("object " + key + " is an entry, where the root says the epoch ended");
      }
    } catch (CorruptObject e) {
      findings.damage(String.valueOf(e.getMessage()));
    }
  }

  /** What a list shows besides: it may show less than there is, and proves nothing but presence. */
  private void lookForOthers() throws StoreUnreadable {
    long orphans = 0;
    long leftovers = 0;
    long forgotten = 0;
    long strangers = 0;
    List<Long> behind = new ArrayList<>();
    for (ObjectResult.Item item : reader.list(keys.log())) {
      if (!(keys.parse(item.key()) instanceof ObjectKeys.Named.SlotKey at)) {
        strangers++;
        continue;
      }
      Sealed sealed = root.endOf(at.epoch());
      if (at.epoch() > root.epoch()) {
        findings.damage(
            "object %s is of epoch %d, but the root only of epoch %d: the root went back"
                .formatted(item.key(), at.epoch(), root.epoch()));
      } else if (at.epoch() == root.epoch()) {
        if (at.slot() > end) {
          behind.add(at.slot());
        }
      } else if (sealed != null && at.slot() > sealed.end()) {
        orphans++;
      } else if (sealed == null) {
        forgotten++;
      } else if (at.slot() < root.truncateSlot() && at.slot() < sealed.end()) {
        leftovers++;
      }
    }
    findings.fact("seals", root.history().size());
    findings.note(orphans, "orphans: objects behind the seals of their epochs, in no log");
    findings.note(leftovers, "objects below the watermark that a sweep will delete");
    findings.note(forgotten, "objects of epochs that the root does not name any more");
    findings.note(strangers, "keys below " + keys.log() + " that are not of the log");
    judgeHole(behind);
  }

  /** Slots behind the end are on their way, or never were acknowledged; unless they are too far. */
  private void judgeHole(List<Long> behind) throws StoreUnreadable {
    SnapshotPlace snapshot = root.snapshot();
    String key = keys.slot(root.epoch(), end);
    if (snapshot != null && snapshot.slot() >= end && end >= root.truncateSlot()) {
      findings.damage(
          "object %s is missing: a snapshot includes slot %d".formatted(key, snapshot.slot()));
      return;
    }
    for (long slot : behind) {
      if (slot >= end + IN_FLIGHT_MAX && isEntry(slot)) {
        findings.damage(
            "object %s is missing: slot %d was written only after it was durable"
                .formatted(key, slot));
        return;
      }
    }
    findings.note(
        behind.size(),
        "objects behind slot " + end + ", where the log ends: on their way, or orphans");
  }

  private boolean isEntry(long slot) throws StoreUnreadable {
    String key = keys.slot(root.epoch(), slot);
    byte[] object = reader.get(key);
    try {
      return object != null
          && StoredObject.decode(key, root.group(), root.epoch(), slot, object)
              instanceof StoredObject.Data;
    } catch (CorruptObject e) {
      findings.damage(String.valueOf(e.getMessage()));
      return false;
    }
  }
}
