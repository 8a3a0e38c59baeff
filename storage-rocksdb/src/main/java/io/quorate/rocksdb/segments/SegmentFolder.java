// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.DurableFiles;
import io.quorate.rocksdb.files.Mend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log by their names.
 *
 * <pre>
 * 0000000012-9f3ab210.segment       serial number and 32 random bits: its incarnation
 * 0000000005-01c48e77.spare         full of bytes, to be overwritten under another incarnation
 * 5d1f0a7be2c94386.allocating       a spare whose zeros are not all written yet
 * </pre>
 *
 * <p>A file is allocated by writing zeros and a sync before it gets a name that counts: a later
 * sync in it then changes nothing but data, and a full disk is met here. The random bits keep what
 * a file held before, or what a client sent, from passing for a group.
 *
 * <p>The first file of a log is small, and each is twice as long as the one before it until they
 * have their full size: a log that is hardly written to takes hardly any room. The next file is
 * allocated piece by piece while the log goes through the present one, so that its zeros delay no
 * sync for long.
 *
 * <p>Used by the thread that writes the log. What runs beside it is one step of an allocation,
 * which has the file to itself until it is done.
 */
final class SegmentFolder {
  private static final Pattern SEGMENT = Pattern.compile("(\\d{10})-([0-9a-f]{8})\\.segment");
  private static final String SPARE = ".spare";
  private static final String ALLOCATING = ".allocating";
  private static final long FIRST_BYTES = 1 << 20;

  /** A file that may be overwritten. */
  private record Spare(Path path, long bytes) {}

  private final Path path;
  private final SegmentOptions options;
  private final SecureRandom random = new SecureRandom();
  private final List<Spare> spares = new ArrayList<>();
  private final AtomicLong allocated = new AtomicLong();
  private final AtomicLong recycled = new AtomicLong();
  private volatile int spareCount;
  private long lastSerial;
  private long lastBytes;
  private @Nullable Allocation ahead;
  private CompletableFuture<Void> step = CompletableFuture.completedFuture(null);

  /** The next file could not be allocated ahead; not tried again before it is needed. */
  private volatile boolean aheadFailed;

  SegmentFolder(Path path, SegmentOptions options) {
    this.path = path;
    this.options = options;
  }

  /** Whether there are segments in a folder. */
  static boolean exists(Path path) {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try {
      return !segmentsIn(path).isEmpty();
    } catch (IOException e) {
      throw new StorageFault(
          "failed to list the files in %s: %s; %s".formatted(path, e.getMessage(), Mend.of(e)), e);
    }
  }

  private static List<Path> segmentsIn(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> SEGMENT.matcher(String.valueOf(file.getFileName())).matches())
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  /** Opens all segments, the oldest first. */
  List<Segment> open(boolean readOnly) throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (Path file : segmentsIn(path)) {
      Matcher name = SEGMENT.matcher(String.valueOf(file.getFileName()));
      if (name.matches()) {
        lastSerial = Long.parseLong(name.group(1));
        long incarnation = lastSerial << 32 | Long.parseLong(name.group(2), 16);
        Segment segment = Segment.open(file, incarnation, readOnly);
        lastBytes = segment.size();
        segments.add(segment);
      }
    }
    return segments;
  }

  /** Takes stock of the spares that an earlier process left; the folder is made if it is not. */
  void prepare() throws IOException {
    DurableFiles.createDirectories(path);
    List<Path> found;
    try (Stream<Path> files = Files.list(path)) {
      found = files.toList();
    }
    for (Path file : found) {
      if (file.toString().endsWith(ALLOCATING)) {
        Files.delete(file);
      } else if (file.toString().endsWith(SPARE)) {
        keep(file, found.size());
      }
    }
    DurableFiles.syncDirectory(path);
  }

  /** Keeps a file of full size, unless there are enough. */
  private void keep(Path spare, int atMost) throws IOException {
    if (spares.size() < atMost && Files.size(spare) == options.segmentBytes()) {
      spares.add(new Spare(spare, options.segmentBytes()));
      spareCount = spares.size();
    } else {
      Files.delete(spare);
    }
  }

  /** A segment to be written next; its name is durable. */
  Segment next(long bytes) throws IOException {
    Spare spare = spareOf(bytes);
    lastSerial++;
    int salt = random.nextInt();
    Path file = path.resolve("%010d-%08x.segment".formatted(lastSerial, salt));
    DurableFiles.rename(spare.path, file);
    lastBytes = spare.bytes;
    return Segment.open(file, lastSerial << 32 | Integer.toUnsignedLong(salt), false);
  }

  private Spare spareOf(long bytes) throws IOException {
    for (int i = spares.size() - 1; i >= 0; i--) {
      if (spares.get(i).bytes >= bytes) {
        Spare spare = spares.remove(i);
        spareCount = spares.size();
        return spare;
      }
    }
    @Nullable Allocation begun = stopAllocating();
    if (begun != null && begun.bytes() < bytes) {
      begun.giveUp();
      begun = null;
    }
    return finished(begun == null ? allocation(Math.max(bytesOfNext(), bytes)) : begun);
  }

  private long bytesOfNext() {
    return Math.min(options.segmentBytes(), Math.max(FIRST_BYTES, 2 * lastBytes));
  }

  private Allocation allocation(long bytes) throws IOException {
    return Allocation.begin(path.resolve("%016x".formatted(random.nextLong()) + ALLOCATING), bytes);
  }

  private Spare finished(Allocation allocation) throws IOException {
    allocation.advance(allocation.bytes());
    Path file = allocation.finish();
    Path spare = path.resolve(String.valueOf(file.getFileName()).replace(ALLOCATING, SPARE));
    Files.move(file, spare, StandardCopyOption.ATOMIC_MOVE);
    allocated.incrementAndGet();
    return new Spare(spare, allocation.bytes());
  }

  /**
   * Has the next file allocated as far as the present one is used; all of it when that is half
   * full. Returns at once, and fails never: whoever needs the file is told why there is none.
   */
  void keepPace(long used, long of) {
    if (!step.isDone() || aheadFailed || options.spares() == 0) {
      return;
    }
    @Nullable Allocation next = ahead;
    if (next == null && spares.isEmpty()) {
      next = begunAhead();
    }
    if (next == null) {
      return;
    }
    long due = Math.min(next.bytes(), 2 * used * next.bytes() / of); // files have 31 bits
    if (next.written() < due) {
      Allocation stepping = next;
      step =
          CompletableFuture.runAsync(
              () -> advance(stepping, due), task -> Thread.ofVirtual().start(task));
    }
  }

  private @Nullable Allocation begunAhead() {
    try {
      ahead = allocation(bytesOfNext());
    } catch (IOException e) {
      aheadFailed = true;
    }
    return ahead;
  }

  private void advance(Allocation allocation, long through) {
    try {
      allocation.advance(through);
    } catch (IOException e) {
      aheadFailed = true;
    }
  }

  /** Waits for a step under way; what it was for is nobody's then. */
  private @Nullable Allocation stopAllocating() {
    step.join();
    @Nullable Allocation begun = ahead;
    ahead = null;
    if (begun != null && aheadFailed) {
      begun.giveUp();
      begun = null;
    }
    aheadFailed = false;
    return begun;
  }

  /**
   * Makes segments that are needed no more spares. As many as came free at once are kept, if that
   * is more than the options say: the log will need as many again before the next ones come free.
   */
  void recycle(List<Segment> segments) throws IOException {
    for (Segment segment : segments) {
      segment.close();
      Path spare = path.resolve(segment.toString().replace(".segment", SPARE));
      Files.move(segment.path(), spare, StandardCopyOption.ATOMIC_MOVE);
      recycled.incrementAndGet();
      keep(spare, Math.max(options.spares(), segments.size()));
    }
  }

  /** Gives up what is not allocated yet. */
  void close() {
    @Nullable Allocation begun = stopAllocating();
    if (begun != null) {
      begun.giveUp();
    }
  }

  /** Files allocated so far. Any thread. */
  long allocated() {
    return allocated.get();
  }

  /** Segments that became spares. Any thread. */
  long recycled() {
    return recycled.get();
  }

  /** Spares that are ready. Any thread. */
  int spares() {
    return spareCount;
  }
}
