// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.check.Check;
import io.quorate.rocksdb.files.LogChanges;
import io.quorate.rocksdb.files.LogRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A group that is being put together. Changes that undo each other within it leave nothing: what
 * remains is one truncation, then what is put back, then entries that follow each other.
 */
final class SegmentGroup implements LogChanges {
  private final long lastStored;
  private final EnumMap<LogRecord, byte[]> records = new EnumMap<>(LogRecord.class);
  private final List<byte[]> frames = new ArrayList<>();
  private final List<byte[]> copies = new ArrayList<>();
  private final TreeMap<Long, byte[]> mendedFrames = new TreeMap<>();
  private final TreeMap<Long, byte[]> mendedHeaders = new TreeMap<>();
  private long firstSlot;
  private long truncateFrom;
  private long beginsBehind;

  /** An empty group behind a log whose last slot is {@code lastStored}. */
  SegmentGroup(long lastStored) {
    this.lastStored = lastStored;
  }

  @Override
  public void putRecord(LogRecord record, byte[] value) {
    records.put(record, value);
  }

  @Override
  public void putEntry(long slot, byte[] frame) {
    if (frames.isEmpty() || slot != firstSlot + frames.size()) {
      // Beyond a base that is beyond the end: what came before is no longer in the log.
      Check.that(
          frames.isEmpty() || slot > firstSlot + frames.size(), "slot %s is put twice", slot);
      frames.clear();
      copies.clear();
      firstSlot = slot;
    }
    frames.add(frame);
  }

  @Override
  public void putHeader(long slot, byte[] copy) {
    if (slot == firstSlot + copies.size() && copies.size() < frames.size()) {
      Check.that(
          copies.isEmpty() || copy.length == copies.getFirst().length,
          "copy of %s bytes",
          copy.length);
      copies.add(copy);
    } else {
      mendedHeaders.put(slot, copy);
    }
  }

  @Override
  public void putMended(long slot, byte[] frame) {
    mendedFrames.put(slot, frame);
  }

  @Override
  public void putMendedHeader(long slot, byte[] copy) {
    mendedHeaders.put(slot, copy);
  }

  @Override
  public void truncate(long from, long through) {
    while (!frames.isEmpty() && firstSlot + frames.size() > from) {
      frames.removeLast();
    }
    while (copies.size() > frames.size()) {
      copies.removeLast();
    }
    mendedFrames.tailMap(from, true).clear();
    mendedHeaders.tailMap(from, true).clear();
    if (from <= lastStored && (truncateFrom == 0 || from < truncateFrom)) {
      truncateFrom = from;
    }
  }

  @Override
  public void forgetThrough(long slot) {
    mendedFrames.headMap(slot, true).clear();
    mendedHeaders.headMap(slot, true).clear();
    beginsBehind = Math.max(beginsBehind, slot);
  }

  long truncateFrom() {
    return truncateFrom;
  }

  long beginsBehind() {
    return beginsBehind;
  }

  long firstSlot() {
    return firstSlot;
  }

  Map<LogRecord, byte[]> records() {
    return records;
  }

  int[] frameBytes() {
    return frames.stream().mapToInt(frame -> frame.length).toArray();
  }

  int copyBytes() {
    Check.that(copies.size() == frames.size(), "an entry comes without the copy of its header");
    return copies.isEmpty() ? 0 : copies.getFirst().length;
  }

  List<GroupBlock.Mended> mended() {
    List<GroupBlock.Mended> mended = new ArrayList<>();
    mendedFrames.forEach(
        (slot, bytes) -> mended.add(new GroupBlock.Mended(slot, false, bytes.length)));
    mendedHeaders.forEach(
        (slot, bytes) -> mended.add(new GroupBlock.Mended(slot, true, bytes.length)));
    return mended;
  }

  int bodyCrc() {
    CRC32C crc = new CRC32C();
    forEachBody(crc::update);
    return (int) crc.getValue();
  }

  long bodyBytes() {
    long[] bytes = {0};
    forEachBody(body -> bytes[0] += body.length);
    return bytes[0];
  }

  /** How long the group will be with these records. */
  int groupBytes(Map<LogRecord, byte[]> with) {
    int mended = mendedFrames.size() + mendedHeaders.size();
    return GroupBlock.groupBytes(GroupBlock.blockBytes(frames.size(), mended, with), bodyBytes());
  }

  /** Shows the bodies in the order in which they stand on the disk. */
  void forEachBody(Consumer<byte[]> visitor) {
    frames.forEach(visitor);
    mendedFrames.values().forEach(visitor);
    mendedHeaders.values().forEach(visitor);
    copies.forEach(visitor);
  }
}
