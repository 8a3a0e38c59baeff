// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.rocksdb.files.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where everything stands: 16 bytes of memory a slot, and the records themselves. A group takes
 * effect here at once. Any thread may ask; the segments that it is told of are held until it says
 * that it has read.
 */
final class SegmentIndex {
  private static final int CAPACITY_MIN = 64;

  /** Bytes in a segment. */
  record Place(Segment segment, long offset, int length) {}

  /**
   * Places of a range of slots at one moment; null where there is none.
   *
   * @param moment changes when the end of the log is truncated
   */
  record Places(long first, List<@Nullable Place> places, long moment) {}

  private static final class Mended {
    private @Nullable Place frame;
    private @Nullable Place header;
  }

  private final EnumMap<LogRecord, byte[]> records = new EnumMap<>(LogRecord.class);
  private final TreeMap<Long, Mended> mended = new TreeMap<>();
  private final List<Segment> segments = new ArrayList<>();
  private @Nullable Segment[] segmentOf = new @Nullable Segment[CAPACITY_MIN];
  private int[] offsetOf = new int[CAPACITY_MIN];
  private int[] lengthOf = new int[CAPACITY_MIN];
  private int[] copyOf = new int[CAPACITY_MIN];
  private int copyBytes;
  private long first = 1;
  private long last;
  private long beginsBehind;
  private long truncations;

  /** A segment takes part from now on. */
  synchronized void add(Segment segment) {
    segments.add(segment);
  }

  /** Forgets all, but keeps the segments: what comes next does not continue what came before. */
  synchronized void clear() {
    records.clear();
    mended.clear();
    beginsBehind = 0;
    clearEntries(1);
    for (Segment segment : segments) {
      segment.highestSlot = 0;
    }
  }

  private void clearEntries(long next) {
    Arrays.fill(segmentOf, null);
    first = next;
    last = next - 1;
  }

  /** A group that stands in a segment takes effect. */
  synchronized void apply(GroupBlock group, Segment segment) {
    if (group.truncateFrom > 0) {
      truncate(group.truncateFrom);
    }
    if (group.beginsBehind > 0) {
      beginBehind(group.beginsBehind);
    }
    records.putAll(group.records);
    long at = group.bodiesAt();
    long copyAt = at + group.bodyBytes() - (long) group.copyBytes * group.frameBytes.length;
    if (group.frameBytes.length > 0) {
      copyBytes = group.copyBytes;
    }
    for (int i = 0; i < group.frameBytes.length; i++) {
      put(group.firstSlot + i, segment, at, group.frameBytes[i], copyAt);
      at += group.frameBytes[i];
      copyAt += group.copyBytes;
    }
    for (GroupBlock.Mended each : group.mended) {
      Mended of = mended.computeIfAbsent(each.slot(), slot -> new Mended());
      Place place = new Place(segment, at, each.bytes());
      if (each.header()) {
        of.header = place;
      } else {
        of.frame = place;
      }
      segment.highestSlot = Math.max(segment.highestSlot, each.slot());
      at += each.bytes();
    }
  }

  private void truncate(long from) {
    truncations++;
    mended.tailMap(from, true).clear();
    while (last >= from && last >= first) {
      segmentOf[at(last)] = null;
      last--;
    }
    for (Segment segment : segments) {
      segment.highestSlot = Math.min(segment.highestSlot, from - 1);
    }
  }

  private void beginBehind(long slot) {
    beginsBehind = Math.max(beginsBehind, slot);
    mended.headMap(slot, true).clear();
    while (first <= slot && first <= last) {
      segmentOf[at(first)] = null;
      first++;
    }
    if (first <= slot) {
      clearEntries(slot + 1);
    }
  }

  private void put(long slot, Segment segment, long offset, int length, long copyOffset) {
    if (slot != last + 1) {
      if (slot <= last && slot >= first) {
        truncate(slot);
      } else {
        // All before it was given up for a base beyond the end.
        clearEntries(slot);
      }
    }
    if (last - first + 1 == segmentOf.length) {
      grow();
    }
    last = slot;
    int at = at(slot);
    segmentOf[at] = segment;
    offsetOf[at] = (int) offset;
    lengthOf[at] = length;
    copyOf[at] = (int) copyOffset;
    segment.highestSlot = Math.max(segment.highestSlot, slot);
  }

  private void grow() {
    int larger = 2 * segmentOf.length;
    @Nullable Segment[] newSegmentOf = new @Nullable Segment[larger];
    int[] newOffsetOf = new int[larger];
    int[] newLengthOf = new int[larger];
    int[] newCopyOf = new int[larger];
    for (long slot = first; slot <= last; slot++) {
      int from = at(slot);
      int to = (int) (slot & (larger - 1));
      newSegmentOf[to] = segmentOf[from];
      newOffsetOf[to] = offsetOf[from];
      newLengthOf[to] = lengthOf[from];
      newCopyOf[to] = copyOf[from];
    }
    segmentOf = newSegmentOf;
    offsetOf = newOffsetOf;
    lengthOf = newLengthOf;
    copyOf = newCopyOf;
  }

  private int at(long slot) {
    return (int) (slot & (segmentOf.length - 1));
  }

  /** The log begins behind this slot. */
  synchronized long beginsBehind() {
    return beginsBehind;
  }

  synchronized long first() {
    return first;
  }

  synchronized long last() {
    return last;
  }

  synchronized byte @Nullable [] record(LogRecord record) {
    return records.get(record);
  }

  /** All records, as they are now. */
  synchronized Map<LogRecord, byte[]> records() {
    return new EnumMap<>(records);
  }

  synchronized boolean isMended(long slot) {
    return mended.containsKey(slot);
  }

  /** Where something that was put back stands; null if there is nothing. */
  synchronized @Nullable Place mended(long slot, boolean header) {
    @Nullable Mended of = mended.get(slot);
    return of == null ? null : held(header ? of.header : of.frame);
  }

  /** Where an entry, or the copy of its header, stands; null if there is none. */
  synchronized @Nullable Place place(long slot, boolean copy) {
    return held(placeOf(slot, copy));
  }

  /** Where the entries of a range stand: of a piece of it, at least one slot. */
  synchronized Places places(long from, long through, boolean copies, int slots, long bytesMax) {
    List<@Nullable Place> found = new ArrayList<>();
    long bytes = 0;
    for (long slot = from; slot <= through && found.size() < slots && bytes < bytesMax; slot++) {
      @Nullable Place place = held(placeOf(slot, copies));
      found.add(place);
      bytes += place == null ? 0 : place.length;
    }
    return new Places(from, found, truncations);
  }

  private @Nullable Place placeOf(long slot, boolean copy) {
    if (slot < first || slot > last) {
      return null;
    }
    int at = at(slot);
    @Nullable Segment segment = segmentOf[at];
    if (segment == null) {
      return null;
    }
    return copy
        ? new Place(segment, copyOf[at], copyBytes)
        : new Place(segment, offsetOf[at], lengthOf[at]);
  }

  private static @Nullable Place held(@Nullable Place place) {
    if (place != null) {
      place.segment.readers++;
    }
    return place;
  }

  /** What was looked up is read. */
  synchronized void release(@Nullable Place place) {
    if (place != null) {
      place.segment.readers--;
    }
  }

  /** The same for many. */
  synchronized void release(Places places) {
    places.places.forEach(this::release);
  }

  /**
   * Takes out the oldest segments in which nothing is needed of what is above {@code slot}, up to
   * the first that somebody reads, or that is {@code active}.
   */
  synchronized List<Segment> retire(long slot, @Nullable Segment active) {
    List<Segment> retired = new ArrayList<>();
    while (!segments.isEmpty()) {
      Segment oldest = segments.getFirst();
      if (oldest == active || oldest.highestSlot > slot || oldest.readers > 0) {
        break;
      }
      retired.add(segments.removeFirst());
    }
    return retired;
  }

  synchronized List<Segment> segments() {
    return List.copyOf(segments);
  }
}
