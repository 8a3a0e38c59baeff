// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.Mend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the groups of all segments in order and rebuilds the index; decides where the log ends.
 *
 * <p>A group is written only after the one before it was synced. So whatever is found of a later
 * group proves that all before it had been synced: what is damaged there is damage, and the rules
 * above decide by the copies of the headers. Only the last group may be torn. It counts if all of
 * it is whole, or if the marker claims that it was synced; else it was never acknowledged.
 *
 * <p>A group of which neither block can be read, with later ones behind it in the same segment, is
 * lost: nobody knows what was in it. That is a fault. If a further segment follows, which begins
 * with all records, the log begins there, and the proof tells whether an entry is missing.
 */
final class SegmentScan {
  private static final int CRC_STEP_BYTES = 128 << 10;

  private final SegmentIndex index;
  private final long claimed;
  private long number;
  private long highestSeen;
  private long lostBehind = -1;
  private @Nullable Segment lostIn;
  private @Nullable GroupBlock last;
  private @Nullable Segment active;
  private long remainsEnd;
  private long end;

  private SegmentScan(SegmentIndex index, long claimed) {
    this.index = index;
    this.claimed = claimed;
  }

  /**
   * Fills an index with what the segments hold.
   *
   * @param claimed number of the last group that is known to have been synced; 0 if none is
   */
  static SegmentScan of(List<Segment> segments, SegmentIndex index, long claimed)
      throws IOException {
    SegmentScan scan = new SegmentScan(index, claimed);
    for (Segment segment : segments) {
      index.add(segment);
      scan.scan(segment);
    }
    scan.decideLast();
    return scan;
  }

  private void scan(Segment segment) throws IOException {
    SegmentWindow window = new SegmentWindow(segment);
    long position = 0;
    while (position < segment.size()) {
      @Nullable GroupBlock block = GroupBlock.at(window, position, segment.incarnation());
      if (block == null || block.offset != position || !follows(block)) {
        block = onNextPage(window, segment, position);
      }
      if (block == null) {
        block = search(window, segment, position);
      }
      if (block == null) {
        return;
      }
      accept(block, segment);
      position = block.end();
    }
  }

  /** The very next group, if it begins on the next page; null if not. */
  private @Nullable GroupBlock onNextPage(SegmentWindow window, Segment segment, long position)
      throws IOException {
    long page = GroupBlock.nextPage(position);
    @Nullable GroupBlock block = GroupBlock.at(window, page, segment.incarnation());
    boolean next =
        block != null && last != null && block.offset == page && block.number == last.number + 1;
    return next ? block : null;
  }

  private boolean follows(GroupBlock block) {
    return last == null || block.number > last.number;
  }

  /** The first group that something is found of, from a place on where none begins. */
  private @Nullable GroupBlock search(SegmentWindow window, Segment segment, long from)
      throws IOException {
    for (long at = from; at < segment.size(); at += GroupBlock.ALIGNMENT) {
      @Nullable GroupBlock block = GroupBlock.at(window, at, segment.incarnation());
      if (block != null && block.offset >= from && follows(block)) {
        return block;
      }
      if (block != null && segment == active) {
        remainsEnd = Math.max(remainsEnd, block.end());
      }
    }
    return null;
  }

  private void accept(GroupBlock block, Segment segment) {
    settle();
    boolean continues = last == null ? block.offset == 0 : block.number == last.number + 1;
    if (!continues) {
      lostBehind = lostBehind < 0 ? number : lostBehind;
      lostIn = segment;
    }
    if (lostBehind >= 0 && block.offset == 0) {
      index.clear();
      lostBehind = -1;
    }
    last = block;
    active = segment;
    remainsEnd = 0;
    highestSeen = block.number;
  }

  /** The group before the one just found had been synced. */
  private void settle() {
    GroupBlock group = last;
    Segment segment = active;
    if (group != null && segment != null) {
      index.apply(group, segment);
      number = group.number;
    }
  }

  private void decideLast() throws IOException {
    GroupBlock group = last;
    Segment segment = active;
    if (group == null || segment == null) {
      return;
    }
    if (group.number <= claimed || isWhole(group, segment)) {
      settle();
    } else {
      remainsEnd = Math.max(remainsEnd, group.end());
      end = group.offset;
      return;
    }
    end = group.end();
  }

  private static boolean isWhole(GroupBlock group, Segment segment) throws IOException {
    SegmentWindow window = new SegmentWindow(segment);
    @Nullable GroupBlock before = GroupBlock.at(window, group.offset, segment.incarnation());
    @Nullable GroupBlock behind = GroupBlock.at(window, group.behindAt(), segment.incarnation());
    if (before == null || behind == null) {
      return false;
    }
    CRC32C crc = new CRC32C();
    long at = group.bodiesAt();
    long left = group.bodyBytes();
    while (left > 0) {
      byte[] piece = window.bytes(at, (int) Math.min(left, CRC_STEP_BYTES));
      crc.update(piece);
      at += piece.length;
      left -= piece.length;
    }
    return (int) crc.getValue() == group.bodyCrc;
  }

  /** Number of the last group behind which nothing is lost. */
  long number() {
    return lostBehind >= 0 ? lostBehind : number;
  }

  /** Number of the last group that later ones prove to have been synced. */
  long syncedNumber() {
    return Math.max(highestSeen - 1, number());
  }

  /** The segment in which the log ends; null if there is none. */
  @Nullable Segment active() {
    return active;
  }

  /** Where the next group goes. */
  long end() {
    return end;
  }

  /** Refuses a log that has lost a group in its middle. */
  void refuseLost(Path path) {
    if (lostBehind >= 0) {
      throw new StorageFault(
          ("the log in %s is damaged in %s: what stood behind group %d is lost, within what had"
                  + " been synced through group %d; %s")
              .formatted(path, lostIn, lostBehind, highestSeen - 1, Mend.REPLACE));
    }
  }

  /**
   * Overwrites what a torn group left behind the end, so that nothing of it can ever be taken for
   * part of a group that is written there; and makes durable what was found, some of which may only
   * have reached the memory of the operating system when the process before this one died.
   */
  void settleOnDisk(boolean sync) throws IOException {
    Segment segment = active;
    if (segment == null) {
      return;
    }
    if (remainsEnd > end) {
      segment.write(ByteBuffer.allocate(Math.toIntExact(remainsEnd - end)), end);
    }
    if (sync) {
      segment.force();
    }
  }
}
