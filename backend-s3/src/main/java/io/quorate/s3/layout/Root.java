// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.api.GroupId;
import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one object of a group that is ever replaced, always as a whole and on the condition that it
 * is the one that was read: who leads, which slots belong to which epoch, where the newest snapshot
 * is, and below which slot nothing may be expected any more.
 *
 * @param name of the group, as configured
 * @param group drawn when the group was created: two groups of one name are told apart by it
 * @param nonce drawn anew for each logical replacement, kept for its repetitions: no two roots have
 *     the same bytes, and who finds the own nonce knows that the own replacement took place
 * @param version one more with each replacement
 * @param epoch of the last segment
 * @param leader who owns that epoch
 * @param segments ascending and without gaps; those that reach to {@code truncateSlot} or above;
 *     the last one is open
 * @param snapshot the newest complete one; null before the first
 * @param previousSnapshot the one before, kept for readers that are slow; null if there is none
 * @param truncateSlot what is under the keys of lower slots is absent or junk
 * @param history how the last {@link #HISTORY_MAX} epochs ended, ascending
 * @param leaseMillis how long the leader may rely on one proof; 0: there are no leases. Whoever
 *     takes over waits for as long
 * @param timeFloorNanos earliest consensus time of the next leader's first entry
 * @param state whether the group still lives
 */
public record Root(
    GroupId name,
    UUID group,
    UUID nonce,
    long version,
    long epoch,
    Leader leader,
    List<Segment> segments,
    @Nullable SnapshotPlace snapshot,
    @Nullable SnapshotPlace previousSnapshot,
    long truncateSlot,
    List<Sealed> history,
    long leaseMillis,
    long timeFloorNanos,
    State state) {

  /** How many ended epochs a root remembers. */
  public static final int HISTORY_MAX = 64;

  /** The numbers are part of the format. */
  public enum State {
    /** The group lives. */
    ACTIVE(1),
    /** The group was destroyed; its root stays, so that nobody founds it anew by mistake. */
    TOMBSTONE(2);

    private final int number;

    State(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static @Nullable State ofNumber(int number) {
      for (State state : values()) {
        if (state.number == number) {
          return state;
        }
      }
      return null;
    }
  }

  /** Refuses what no protocol step makes. */
  public Root {
    segments = List.copyOf(segments);
    history = List.copyOf(history);
    String fault = fault(epoch, segments, history);
    if (fault == null && (version < 1 || truncateSlot < 1 || leaseMillis < 0)) {
      fault = "version " + version + ", watermark " + truncateSlot + ", lease " + leaseMillis;
    }
    if (fault == null && snapshot != null && truncateSlot > snapshot.slot() + 1) {
      fault = "watermark " + truncateSlot + " above snapshot of slot " + snapshot.slot();
    }
    if (fault == null && snapshot == null && (truncateSlot != 1 || previousSnapshot != null)) {
      fault = "watermark " + truncateSlot + " or an older snapshot without a snapshot";
    }
    if (fault != null) {
      throw new IllegalArgumentException("root of " + name + ": " + fault);
    }
  }

  private static @Nullable String fault(long epoch, List<Segment> segments, List<Sealed> history) {
    if (segments.isEmpty() || history.size() > HISTORY_MAX) {
      return segments.size() + " segments, " + history.size() + " ended epochs";
    }
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      boolean last = i == segments.size() - 1;
      if (segment.open() != last || (last && segment.epoch() != epoch)) {
        return segment + " at place " + i + " of " + segments.size() + " in epoch " + epoch;
      }
      if (!last) {
        Segment next = segments.get(i + 1);
        if (next.epoch() <= segment.epoch() || next.start() != segment.end()) {
          return next + " after " + segment;
        }
      }
    }
    for (int i = 0; i < history.size(); i++) {
      long below = i + 1 < history.size() ? history.get(i + 1).epoch() : epoch;
      if (history.get(i).epoch() >= below) {
        return history.get(i) + " before epoch " + below;
      }
    }
    return null;
  }

  /** The root of a new group: epoch 1, owned by its founder, from slot 1. */
  public static Root first(
      GroupId name, UUID group, UUID nonce, Leader founder, long leaseMillis, long timeNanos) {
    return new Root(
        name,
        group,
        nonce,
        1,
        1,
        founder,
        List.of(new Segment(1, 1, Segment.OPEN, ChainHash.ROOT)),
        null,
        null,
        1,
        List.of(),
        leaseMillis,
        timeNanos,
        State.ACTIVE);
  }

  /** The segment of the current epoch. */
  public Segment open() {
    return segments.get(segments.size() - 1);
  }

  /** The segment that this slot belongs to; null below the watermark's segment. */
  public @Nullable Segment segmentOf(long slot) {
    for (Segment segment : segments) {
      if (segment.holds(slot)) {
        return segment;
      }
    }
    return null;
  }

  /** How this epoch ended; null if it has not, or so long ago that this root has forgotten it. */
  public @Nullable Sealed endOf(long ended) {
    for (Sealed sealed : history) {
      if (sealed.epoch() == ended) {
        return sealed;
      }
    }
    return null;
  }

  /**
   * The root after a take-over: the open segment ends at {@code end}, and the next epoch begins
   * there. A segment without a slot leaves the chain; how its epoch ended stays known.
   *
   * @param end slot of the seal
   * @param hash H(end − 1)
   * @param floorNanos earliest consensus time of the first entry of the new epoch
   */
  public Root takenOver(
      UUID otherNonce,
      Leader successor,
      long end,
      ChainHash hash,
      long otherLeaseMillis,
      long floorNanos) {
    Segment ending = open();
    Check.that(end >= ending.start(), "from %s it cannot end at %s", ending.start(), end);
    List<Segment> chain = new ArrayList<>(segments);
    chain.remove(chain.size() - 1);
    if (end > ending.start()) {
      chain.add(ending.sealedAt(end));
    }
    chain.add(new Segment(epoch + 1, end, Segment.OPEN, hash));
    List<Sealed> ended = new ArrayList<>(history);
    ended.add(new Sealed(epoch, end, hash));
    if (ended.size() > HISTORY_MAX) {
      ended.remove(0);
    }
    return new Root(
        name,
        group,
        otherNonce,
        version + 1,
        epoch + 1,
        successor,
        chain,
        snapshot,
        previousSnapshot,
        truncateSlot,
        ended,
        otherLeaseMillis,
        Math.max(timeFloorNanos, floorNanos),
        state);
  }

  /**
   * The root after a snapshot was published. The watermark rises to behind the snapshot before, so
   * that readers of that one still find the log that continues it, and by no more than leaves
   * {@code retainSlots} behind the new one.
   */
  public Root published(UUID otherNonce, SnapshotPlace place, long retainSlots) {
    SnapshotPlace before = snapshot;
    long watermark = truncateSlot;
    if (before != null) {
      long slot = place.slot();
      Check.that(slot > before.slot(), "%s does not follow %s", slot, before.slot());
      watermark = Math.max(watermark, Math.min(before.slot(), place.slot() - retainSlots) + 1);
    }
    List<Segment> chain = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.open() || segment.end() > watermark) {
        chain.add(segment);
      }
    }
    return new Root(
        name,
        group,
        otherNonce,
        version + 1,
        epoch,
        leader,
        chain,
        place,
        before,
        watermark,
        history,
        leaseMillis,
        timeFloorNanos,
        state);
  }

  /** The same with another nonce, version and lease. */
  public Root withLease(UUID otherNonce, long otherLeaseMillis) {
    return new Root(
        name,
        group,
        otherNonce,
        version + 1,
        epoch,
        leader,
        segments,
        snapshot,
        previousSnapshot,
        truncateSlot,
        history,
        otherLeaseMillis,
        timeFloorNanos,
        state);
  }

  /** The object as bytes, always the same for the same content. */
  public byte[] bytes() {
    return RootFormat.encode(this);
  }

  /**
   * Reads a root, and checks everything that it says of itself.
   *
   * @throws CorruptObject if it is damaged, of another format, or of a group of another name
   */
  public static Root decode(String key, GroupId name, byte[] object) throws CorruptObject {
    return RootFormat.decode(key, name, object);
  }

  /** Whether the other root is this very one: the result of the same replacement. */
  public boolean sameAs(Root other) {
    return version == other.version && nonce.equals(other.nonce) && group.equals(other.group);
  }
}
