// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.log.Entry;
import io.quorate.rocksdb.files.LogRecord;
import io.quorate.rocksdb.segments.SegmentIndex.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Wrong bytes in segment files that nobody has open. {@code claimed} is what the marker claims to
 * have been synced.
 */
public final class SegmentDamage {
  private SegmentDamage() {}

  /** Flips a bit of a frame: of the one that was put back, if there is one. */
  public static void flipFrame(Path log, long claimed, long slot, int offset) throws IOException {
    flip(place(log, claimed, slot, false), offset);
  }

  /** Flips a bit of the copy of a header. */
  public static void flipCopy(Path log, long claimed, long slot) throws IOException {
    flip(place(log, claimed, slot, true), 20);
  }

  /** Puts the frame of one slot in the place of another's. */
  public static void misdirect(Path log, long claimed, long slot, long other) throws IOException {
    Place from = place(log, claimed, other, false);
    Place to = place(log, claimed, slot, false);
    overwrite(to.segment().path(), to.offset(), bytes(from));
  }

  /** Flips a bit of the hard state in both blocks of its group, which stay sound. */
  public static void flipHardState(Path log) throws IOException {
    Group last = null;
    for (Group group : groups(log)) {
      last = group.block.records.containsKey(LogRecord.HARD_STATE) ? group : last;
    }
    byte[] hardState = last.block.records.get(LogRecord.HARD_STATE);
    hardState[0] ^= 4;
    overwrite(last.path, last.block.offset, last.block.encode(true));
    overwrite(last.path, last.block.behindAt(), last.block.encode(false));
  }

  /** Makes the first, the second, or both blocks of the group that holds a slot unreadable. */
  public static void spoilBlocks(Path log, long slot, boolean before, boolean behind)
      throws IOException {
    for (Group group : groups(log)) {
      long first = group.block.firstSlot;
      if (slot >= first && slot < first + group.block.frameBytes.length) {
        spoil(group, before, behind);
        return;
      }
    }
    throw new AssertionError("no group has slot " + slot);
  }

  /** The same with the last group. */
  public static void spoilLastBlocks(Path log, boolean before, boolean behind) throws IOException {
    spoil(groups(log).getLast(), before, behind);
  }

  private static void spoil(Group group, boolean before, boolean behind) throws IOException {
    if (before) {
      flip(group.path, group.block.offset + 30);
    }
    if (behind) {
      flip(group.path, group.block.behindAt() + 30);
    }
  }

  /** Where a group ends that holds a slot, in its file. */
  public static long endOf(Path log, long slot) throws IOException {
    for (Group group : groups(log)) {
      if (slot >= group.block.firstSlot
          && slot < group.block.firstSlot + group.block.frameBytes.length) {
        return group.block.end();
      }
    }
    throw new AssertionError("no group has slot " + slot);
  }

  /**
   * Leaves behind the end of the log what a group may leave whose write was cut short: a beginning
   * of any length, or any of its sectors.
   */
  public static void tear(Path log, long seed) throws IOException {
    Random random = new Random(seed);
    List<Segment> segments = new SegmentFolder(log, options()).open(true);
    SegmentIndex index = new SegmentIndex();
    try {
      SegmentScan scan = SegmentScan.of(segments, index, Long.MAX_VALUE);
      if (scan.active() == null) {
        return;
      }
      byte[] torn = torn(random, index, scan);
      if (scan.end() + torn.length <= scan.active().size()) {
        overwrite(scan.active().path(), scan.end(), torn);
      }
    } finally {
      for (Segment segment : segments) {
        segment.close();
      }
    }
  }

  private static byte[] torn(Random random, SegmentIndex index, SegmentScan scan) {
    SegmentGroup group = new SegmentGroup(index.last());
    long slot = Math.max(1, index.last() - random.nextInt(3));
    group.truncate(slot, index.last());
    for (int i = random.nextInt(4); i >= 0; i--) {
      group.putEntry(slot, random(random, Entry.HEADER_BYTES + random.nextInt(900)));
      group.putHeader(slot++, random(random, Entry.HEADER_BYTES));
    }
    group.putRecord(LogRecord.HEAD, random(random, 36));
    GroupBlock block =
        new GroupBlock(
            scan.active().incarnation(),
            scan.number() + 1,
            (int) scan.end(),
            group,
            Map.copyOf(group.records()));
    byte[] whole = new byte[block.groupBytes];
    ByteBuffer into = ByteBuffer.wrap(whole);
    into.put(block.encode(true)).position((int) (block.bodiesAt() - block.offset));
    group.forEachBody(into::put);
    into.position((int) (block.behindAt() - block.offset)).put(block.encode(false));
    byte[] torn = new byte[whole.length];
    if (random.nextBoolean()) {
      System.arraycopy(whole, 0, torn, 0, random.nextInt(whole.length - 12));
    } else {
      int missing = random.nextInt((whole.length + 511) / 512);
      for (int at = 0; at < whole.length; at += 512) {
        if (at / 512 != missing && random.nextBoolean()) {
          System.arraycopy(whole, at, torn, at, Math.min(512, whole.length - at));
        }
      }
    }
    if (random.nextInt(3) == 0) {
      // Both blocks made it to the disk, a body did not.
      System.arraycopy(whole, 0, torn, 0, block.blockBytes);
      int behind = (int) (block.behindAt() - block.offset);
      System.arraycopy(whole, behind, torn, behind, block.blockBytes);
      torn[(int) (block.bodiesAt() - block.offset) + 5] ^= 1;
    }
    return torn;
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private record Group(Path path, GroupBlock block) {}

  private static List<Group> groups(Path log) throws IOException {
    List<Group> groups = new ArrayList<>();
    for (Segment segment : new SegmentFolder(log, options()).open(true)) {
      try (segment) {
        SegmentWindow window = new SegmentWindow(segment);
        GroupBlock block = GroupBlock.at(window, 0, segment.incarnation());
        while (block != null) {
          groups.add(new Group(segment.path(), block));
          long end = block.end();
          block = GroupBlock.at(window, end, segment.incarnation());
          if (block == null) {
            block = GroupBlock.at(window, GroupBlock.nextPage(end), segment.incarnation());
          }
        }
      }
    }
    return groups;
  }

  private static SegmentOptions options() {
    return new SegmentOptions(false, SegmentOptions.BYTES_MIN, 0);
  }

  private static Place place(Path log, long claimed, long slot, boolean copy) {
    try (SegmentFiles files = SegmentFiles.openReadOnly(log, claimed)) {
      return files.where(slot, copy);
    }
  }

  private static byte[] bytes(Place place) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(place.length());
    try (FileChannel file = FileChannel.open(place.segment().path())) {
      file.read(bytes, place.offset());
    }
    return bytes.array();
  }

  private static void flip(Place place, int offset) throws IOException {
    flip(place.segment().path(), place.offset() + offset);
  }

  private static void flip(Path file, long at) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.read(one, at);
      one.flip();
      one.put(0, (byte) (one.get(0) ^ 4));
      channel.write(one, at);
    }
  }

  private static void overwrite(Path file, long at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }
}
