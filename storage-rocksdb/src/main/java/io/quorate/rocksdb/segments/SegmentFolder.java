// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.DurableFiles;
import io.quorate.rocksdb.files.Mend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log by their names.
 *
 * <pre>
 * 0000000012-9f3ab210.segment   serial number and 32 random bits: its incarnation
 * 0000000005-01c48e77.spare     allocated, to be overwritten under another incarnation
 * allocating                    a spare whose zeros are not all written yet
 * </pre>
 *
 * <p>A file is allocated by writing zeros and a sync before it gets a name that counts: a later
 * sync in it then changes nothing but data, and a full disk is met here. The random bits keep what
 * a file held before, or what a client sent, from passing for a group.
 */
final class SegmentFolder {
  private static final Pattern SEGMENT = Pattern.compile("(\\d{10})-([0-9a-f]{8})\\.segment");
  private static final String SPARE = ".spare";
  private static final int ZEROS_BYTES = 1 << 20;

  private final Path path;
  private final SegmentOptions options;
  private final SecureRandom random = new SecureRandom();
  private final List<Path> spares = new ArrayList<>();
  private final AtomicLong allocated = new AtomicLong();
  private final AtomicLong recycled = new AtomicLong();
  private long lastSerial;
  private @Nullable Thread allocating;

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
        segments.add(Segment.open(file, incarnation, readOnly));
      }
    }
    return segments;
  }

  /** Takes stock of the spares that an earlier process left; the folder is made if it is not. */
  void prepare() throws IOException {
    DurableFiles.createDirectories(path);
    Files.deleteIfExists(path.resolve("allocating"));
    List<Path> found;
    try (Stream<Path> files = Files.list(path)) {
      found = files.filter(file -> file.toString().endsWith(SPARE)).toList();
    }
    for (Path file : found) {
      keep(file, found.size());
    }
    DurableFiles.syncDirectory(path);
  }

  private synchronized void keep(Path spare, int atMost) throws IOException {
    if (spares.size() < atMost && Files.size(spare) == options.segmentBytes()) {
      spares.add(spare);
    } else {
      Files.delete(spare);
    }
  }

  /** A segment to be written next; its name is durable. */
  Segment next(long bytes) throws IOException {
    awaitAllocation();
    @Nullable Path spare = bytes > options.segmentBytes() ? null : takeSpare();
    if (spare == null) {
      spare = allocate(Math.max(options.segmentBytes(), bytes));
    }
    lastSerial++;
    int salt = random.nextInt();
    Path file = path.resolve("%010d-%08x.segment".formatted(lastSerial, salt));
    DurableFiles.rename(spare, file);
    return Segment.open(file, lastSerial << 32 | Integer.toUnsignedLong(salt), false);
  }

  private synchronized @Nullable Path takeSpare() {
    return spares.isEmpty() ? null : spares.removeLast();
  }

  /** Has a spare made beside the writing, unless there is one. */
  synchronized void allocateAhead() {
    if (!spares.isEmpty() || options.spares() == 0 || allocating != null) {
      return;
    }
    Thread thread = new Thread(this::allocateSpare, "quorate-segments");
    thread.setDaemon(true);
    allocating = thread;
    thread.start();
  }

  private void allocateSpare() {
    try {
      keep(allocate(options.segmentBytes()), options.spares());
    } catch (IOException e) {
      // Whoever needs one tries for itself and tells why it cannot.
    }
  }

  /** Waits for the thread that makes a spare. */
  void awaitAllocation() {
    @Nullable Thread thread;
    synchronized (this) {
      thread = allocating;
      allocating = null;
    }
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Path allocate(long bytes) throws IOException {
    Path file = path.resolve("allocating");
    boolean whole = false;
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(bytes, ZEROS_BYTES));
      long left = bytes;
      while (left > 0) {
        zeros.clear().limit((int) Math.min(left, zeros.capacity()));
        left -= channel.write(zeros);
      }
      channel.force(true);
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    Path spare = path.resolve("new-%016x%s".formatted(random.nextLong(), SPARE));
    Files.move(file, spare, StandardCopyOption.ATOMIC_MOVE);
    allocated.incrementAndGet();
    return spare;
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

  long allocated() {
    return allocated.get();
  }

  long recycled() {
    return recycled.get();
  }

  synchronized int spares() {
    return spares.size();
  }
}
