// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.LogFiles;
import io.quorate.rocksdb.files.LogRecord;
import io.quorate.rocksdb.files.Mend;
import io.quorate.rocksdb.segments.SegmentIndex.Place;
import io.quorate.rocksdb.segments.SegmentIndex.Places;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A log in segment files: a group is one write and one sync at the end of the last file.
 *
 * <p>After a write that failed nothing is written any more: what reached the disk is not known.
 */
public final class SegmentFiles implements LogFiles {
  private static final int SLOTS_AT_ONCE = 1024;
  private static final long BYTES_AT_ONCE = 1 << 20;
  private static final int SPAN_BYTES = 256 << 10;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int BUFFER_BYTES_KEPT = 8 << 20;
  private static final String MISSING = "it is missing";

  /** Something that may fail. */
  private interface Call<T extends @Nullable Object> {
    T run() throws IOException;
  }

  private final Path path;
  private final SegmentOptions options;
  private final SegmentFolder folder;
  private final SegmentIndex index = new SegmentIndex();
  private final boolean readOnly;
  private final ReentrantReadWriteLock guard = new ReentrantReadWriteLock();
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private volatile long number;
  private long syncedNumber;
  private @Nullable Segment active;
  private long position;
  private boolean broken;
  private boolean closed;

  private SegmentFiles(Path path, SegmentOptions options, boolean readOnly) {
    this.path = path;
    this.options = options;
    this.folder = new SegmentFolder(path, options);
    this.readOnly = readOnly;
  }

  /** Whether there are segments in a folder. */
  public static boolean exists(Path path) {
    return SegmentFolder.exists(path);
  }

  /**
   * Opens the segments in a folder; there need be none. Blocks while it reads them.
   *
   * @param claimed {@link #sequence()} as it was when last something is known to have been synced:
   *     a torn group beyond it was never acknowledged
   * @throws StorageFault they cannot be read, or have lost what nothing else tells
   */
  public static SegmentFiles open(Path path, SegmentOptions options, long claimed) {
    SegmentFiles files = new SegmentFiles(path, options, false);
    files.open(claimed);
    return files;
  }

  /** Opens existing segments to look at them; changes nothing. */
  public static SegmentFiles openReadOnly(Path path, long claimed) {
    SegmentOptions none = new SegmentOptions(false, SegmentOptions.BYTES_MIN, 0);
    SegmentFiles files = new SegmentFiles(path, none, true);
    files.open(claimed);
    return files;
  }

  private void open(long claimed) {
    List<Segment> segments = new ArrayList<>();
    boolean opened = false;
    try {
      if (!readOnly) {
        folder.prepare();
      }
      segments.addAll(folder.open(readOnly));
      SegmentScan scan = SegmentScan.of(segments, index, claimed);
      if (!readOnly) {
        scan.refuseLost(path);
        scan.settleOnDisk(options.sync());
      }
      number = scan.number();
      syncedNumber = scan.syncedNumber();
      active = scan.active();
      position = scan.end();
      opened = true;
    } catch (IOException e) {
      throw fault("open the log", e);
    } finally {
      if (!opened) {
        closeAll(segments);
      }
    }
  }

  private <T extends @Nullable Object> T guarded(String operation, Call<T> call) {
    guard.readLock().lock();
    try {
      if (closed) {
        throw new StorageFault("cannot " + operation + ": the log in " + path + " is closed");
      }
      return call.run();
    } catch (IOException e) {
      throw fault(operation, e);
    } finally {
      guard.readLock().unlock();
    }
  }

  private StorageFault fault(String operation, IOException e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return new StorageFault(
        "failed to %s in %s: %s; %s".formatted(operation, path, reason, Mend.of(e)), e);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public byte @Nullable [] record(LogRecord record) {
    return this.<byte @Nullable []>guarded("read a record", () -> index.record(record));
  }

  @Override
  public byte @Nullable [] entry(long slot) {
    return this.<byte @Nullable []>guarded(
        "read slot " + slot, () -> read(index.place(slot, /* copy= */ false)));
  }

  @Override
  public byte @Nullable [] header(long slot) {
    return this.<byte @Nullable []>guarded(
        "read the copy of a header", () -> readable(index.place(slot, /* copy= */ true)));
  }

  @Override
  public boolean isMended(long slot) {
    return index.isMended(slot);
  }

  @Override
  public byte @Nullable [] mended(long slot) {
    return this.<byte @Nullable []>guarded(
        "read what was put back", () -> readable(index.mended(slot, /* header= */ false)));
  }

  @Override
  public byte @Nullable [] mendedHeader(long slot) {
    return this.<byte @Nullable []>guarded(
        "read what was put back", () -> readable(index.mended(slot, /* header= */ true)));
  }

  private byte @Nullable [] read(@Nullable Place place) throws IOException {
    if (place == null) {
      return null;
    }
    try {
      byte[] bytes = new byte[place.length()];
      place.segment().read(place.offset(), bytes);
      return bytes;
    } finally {
      index.release(place);
    }
  }

  /** What the disk cannot read is not there. */
  private byte @Nullable [] readable(@Nullable Place place) throws IOException {
    try {
      return read(place);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void walk(long from, long through, boolean ahead, SlotVisitor visitor) {
    guarded(
        "read the log from slot " + from,
        () -> {
          long next = from;
          long moment = -1;
          while (next <= through) {
            Places places = index.places(next, through, false, SLOTS_AT_ONCE, BYTES_AT_ONCE);
            try {
              if (moment >= 0 && moment != places.moment()) {
                return false; // what was seen may not be continued by what stands there now
              }
              moment = places.moment();
              if (!visit(places, visitor)) {
                return false;
              }
              next += places.places().size();
            } finally {
              index.release(places);
            }
          }
          return true;
        });
  }

  @Override
  public @Nullable Damage visitUntilDamage(
      long from, long through, boolean ahead, Visitor visitor) {
    return visitPresent(from, through, /* copies= */ false, visitor);
  }

  @Override
  public @Nullable Damage visitHeaders(long from, long through, Visitor visitor) {
    return visitPresent(from, through, /* copies= */ true, visitor);
  }

  private @Nullable Damage visitPresent(long from, long through, boolean copies, Visitor visitor) {
    return this.<@Nullable Damage>guarded(
        "read the log from slot " + from,
        () -> {
          @Nullable Damage[] damaged = {null};
          long next = Math.max(from, index.first());
          long last = Math.min(through, index.last());
          boolean more = true;
          while (next <= last && more) {
            Places places = index.places(next, last, copies, SLOTS_AT_ONCE, BYTES_AT_ONCE);
            try {
              more =
                  visit(
                      places,
                      (slot, bytes, damage) -> {
                        if (bytes == null && !MISSING.equals(damage)) {
                          damaged[0] = new Damage(slot, slot, String.valueOf(damage));
                          return false;
                        }
                        return bytes == null || visitor.visit(slot, bytes);
                      });
              next += places.places().size();
            } finally {
              index.release(places);
            }
          }
          return damaged[0];
        });
  }

  /** Shows what stands in these places; what lies close together is read at once. */
  private static boolean visit(Places places, SlotVisitor visitor) throws IOException {
    List<@Nullable Place> all = places.places();
    byte[] span = new byte[0];
    long spanAt = 0;
    @Nullable Segment spanOf = null;
    for (int i = 0; i < all.size(); i++) {
      long slot = places.first() + i;
      @Nullable Place place = all.get(i);
      if (place == null) {
        if (!visitor.visit(slot, null, MISSING)) {
          return false;
        }
        continue;
      }
      byte @Nullable [] bytes = null;
      String damage = "";
      try {
        long spanEnd = spanAt + span.length;
        if (place.segment() != spanOf
            || place.offset() < spanAt
            || place.offset() + place.length() > spanEnd) {
          int length = spanFrom(all, i);
          spanOf = null;
          span = new byte[length];
          place.segment().read(place.offset(), span);
          spanAt = place.offset();
          spanOf = place.segment();
        }
        int at = (int) (place.offset() - spanAt);
        bytes = Arrays.copyOfRange(span, at, at + place.length());
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        spanOf = null;
        try {
          bytes = new byte[place.length()];
          place.segment().read(place.offset(), bytes);
        } catch (IOException again) {
          bytes = null;
          damage = "it cannot be read: " + again.getMessage();
        }
      }
      if (!visitor.visit(slot, bytes, bytes == null ? damage : null)) {
        return false;
      }
    }
    return true;
  }

  /** How many bytes to read from a place on to have those that follow it too. */
  private static int spanFrom(List<@Nullable Place> all, int begin) {
    Place first = Objects.requireNonNull(all.get(begin));
    long end = first.offset() + first.length();
    for (int i = begin + 1; i < all.size(); i++) {
      @Nullable Place place = all.get(i);
      if (place == null
          || place.segment() != first.segment()
          || place.offset() < end
          || place.offset() + place.length() - first.offset() > SPAN_BYTES) {
        break;
      }
      end = place.offset() + place.length();
    }
    return (int) (end - first.offset());
  }

  @Override
  public long write(Filling filling) {
    return guarded(
        "write",
        () -> {
          if (readOnly || broken) {
            throw new StorageFault(
                "the log in %s takes no more writes since one failed".formatted(path));
          }
          SegmentGroup group = new SegmentGroup(index.last());
          if (!filling.fill(group)) {
            return -1L;
          }
          broken = true;
          long bytes = write(group);
          broken = false;
          return bytes;
        });
  }

  private long write(SegmentGroup group) throws IOException {
    Segment segment = active;
    int groupBytes = group.groupBytes(recordsOf(group));
    position = GroupBlock.begin(position, groupBytes);
    if (segment == null || position + groupBytes > segment.size()) {
      segment = roll(group);
    }
    if (position == 0) {
      group.forgetThrough(index.beginsBehind());
    }
    GroupBlock block =
        new GroupBlock(segment.incarnation(), number + 1, (int) position, group, recordsOf(group));
    segment.write(encoded(block, group), position);
    if (options.sync()) {
      segment.force();
    }
    index.apply(block, segment);
    number = block.number;
    position = block.end();
    folder.keepPace(position, segment.size());
    return block.groupBytes;
  }

  /** The first group of a segment has all records. */
  private Map<LogRecord, byte[]> recordsOf(SegmentGroup group) {
    return position == 0 ? allRecords(group) : group.records();
  }

  private Map<LogRecord, byte[]> allRecords(SegmentGroup group) {
    EnumMap<LogRecord, byte[]> all = new EnumMap<>(LogRecord.class);
    all.putAll(index.records());
    all.putAll(group.records());
    return all;
  }

  private Segment roll(SegmentGroup group) throws IOException {
    Segment next = folder.next(group.groupBytes(allRecords(group)));
    index.add(next);
    active = next;
    position = 0;
    return next;
  }

  private ByteBuffer encoded(GroupBlock block, SegmentGroup group) {
    ByteBuffer into = buffer;
    if (into.capacity() < block.groupBytes) {
      into =
          ByteBuffer.allocateDirect(
              Math.max(block.groupBytes, (int) Math.min(BUFFER_BYTES_KEPT, 2L * into.capacity())));
      if (into.capacity() <= BUFFER_BYTES_KEPT) {
        buffer = into;
      }
    }
    ByteBuffer bytes = into;
    bytes.clear();
    bytes.put(block.encode(/* before= */ true));
    pad(bytes, block.bodiesAt() - block.offset);
    group.forEachBody(bytes::put);
    pad(bytes, block.behindAt() - block.offset);
    bytes.put(block.encode(/* before= */ false));
    pad(bytes, block.groupBytes);
    return bytes.flip();
  }

  private static void pad(ByteBuffer bytes, long to) {
    while (bytes.position() < to) {
      bytes.put((byte) 0);
    }
  }

  @Override
  public void dropThrough(long slot) {
    guarded(
        "recycle the segments of the truncated log",
        () -> {
          folder.recycle(index.retire(slot, active));
          return true;
        });
  }

  @Override
  public long sequence() {
    return number;
  }

  @Override
  public long syncedSequence() {
    return Math.max(syncedNumber, number);
  }

  @Override
  public SortedMap<String, String> statistics() {
    SortedMap<String, String> counts = new TreeMap<>();
    List<Segment> segments = index.segments();
    counts.put("segments", Integer.toString(segments.size()));
    counts.put("segments.bytes", Long.toString(segments.stream().mapToLong(Segment::size).sum()));
    counts.put("segments.allocated", Long.toString(folder.allocated()));
    counts.put("segments.recycled", Long.toString(folder.recycled()));
    counts.put("segments.spare", Integer.toString(folder.spares()));
    return counts;
  }

  /**
   * Where the frame of an entry stands, that which was put back if there is one, or the copy of its
   * header; for tests that damage it.
   */
  Place where(long slot, boolean copy) {
    @Nullable Place place = copy ? null : index.mended(slot, /* header= */ false);
    place = place == null ? index.place(slot, copy) : place;
    if (place == null) {
      throw new IllegalArgumentException("no slot " + slot);
    }
    index.release(place);
    return place;
  }

  @Override
  public void close() {
    guard.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        folder.close();
        closeAll(index.segments());
      }
    } finally {
      guard.writeLock().unlock();
    }
  }

  private static void closeAll(List<Segment> segments) {
    for (Segment segment : segments) {
      try {
        segment.close();
      } catch (IOException ignored) {
        // All that counts was synced before.
      }
    }
  }
}
