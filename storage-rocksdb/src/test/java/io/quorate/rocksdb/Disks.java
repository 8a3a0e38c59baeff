// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.SnapshotStore;
import io.quorate.rocksdb.files.LogRecord;
import io.quorate.rocksdb.segments.SegmentDamage;
import io.quorate.sim.contract.LogDisk;
import io.quorate.sim.contract.SnapshotDisk;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Real directories under the contract suites, and the means to damage them. */
final class Disks {
  static final GroupId GROUP = GroupId.of("orders");
  static final NodeId NODE = NodeId.of("n1");

  /** Small memtables and segments, so that there are several files in a test. */
  static final LogOptions SMALL =
      LogOptions.DEFAULT.withMemtableBytes(64 << 10).withSegmentBytes(64 << 10);

  private Disks() {}

  static Path fresh() throws IOException {
    return Files.createTempDirectory("quorate-storage-");
  }

  static RocksStorage open(Path path) {
    return open(path, LogKind.ROCKSDB);
  }

  static RocksStorage open(Path path, LogKind kind) {
    return RocksStorage.open(path, GROUP, NODE, SMALL.withKind(kind));
  }

  static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * What a process finds after its predecessor was killed at this moment. RocksDB may move files
   * behind our back: only a copy during which nothing changed is one of a single moment.
   */
  static Path copy(Path from) throws IOException {
    for (; ; ) {
      Path to = fresh();
      String before = listing(from);
      copyAll(from, to);
      if (listing(from).equals(before)) {
        return to;
      }
      delete(to);
    }
  }

  private static void copyAll(Path from, Path to) throws IOException {
    for (File file : filesBelow(from.toFile())) {
      Path target = to.resolve(from.relativize(file.toPath()).toString());
      Files.createDirectories(target.getParent());
      try {
        Files.copy(file.toPath(), target);
      } catch (NoSuchFileException gone) {
        // The listings will differ.
      }
    }
  }

  private static String listing(Path path) {
    StringBuilder text = new StringBuilder();
    for (File file : filesBelow(path.toFile())) {
      text.append(file).append(' ').append(file.length()).append(' ').append(file.lastModified());
      text.append('\n');
    }
    return text.toString();
  }

  private static List<File> filesBelow(File directory) {
    List<File> found = new ArrayList<>();
    File[] children = directory.listFiles();
    if (children != null) {
      Arrays.sort(children);
      for (File child : children) {
        if (child.isDirectory()) {
          found.addAll(filesBelow(child));
        } else {
          found.add(child);
        }
      }
    }
    return found;
  }

  static long size(Path path) {
    return filesBelow(path.toFile()).stream().mapToLong(File::length).sum();
  }

  /** Files below a directory whose names end so, ascending. */
  static List<Path> files(Path path, String ending) {
    return filesBelow(path.toFile()).stream()
        .map(File::toPath)
        .filter(file -> file.toString().endsWith(ending))
        .toList();
  }

  static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 0x10;
    Files.write(file, bytes);
  }

  /** Where bytes stand in a file; −1 if they do not. */
  static int find(Path file, byte[] bytes) throws IOException {
    byte[] content = Files.readAllBytes(file);
    for (int at = 0; at + bytes.length <= content.length; at++) {
      int same = 0;
      while (same < bytes.length && content[at + same] == bytes[same]) {
        same++;
      }
      if (same == bytes.length) {
        return at;
      }
    }
    return -1;
  }

  /** Ordinal of the last change that the marker knows to be synced. */
  static long claimed(Path path) throws IOException {
    SyncMarker.Claim claim = SyncMarker.read(path.resolve("marker"));
    return claim == null ? 0 : claim.sequence();
  }

  /** A log on a real disk. */
  static final class Log implements LogDisk {
    private final Path path;
    private final LogKind kind;
    private long crashes;

    Log(Path path) {
      this(path, LogKind.ROCKSDB);
    }

    Log(Path path, LogKind kind) {
      this.path = path;
      this.kind = kind;
    }

    @Override
    public LogStore open() {
      return new Opened(Disks.open(path, kind));
    }

    /** With what a torn group leaves, where it would stand. */
    @Override
    public Optional<LogDisk> crashCopy() throws IOException {
      Path crashed = copy(path);
      if (kind == LogKind.SEGMENTS) {
        SegmentDamage.tear(crashed.resolve("log"), Disks.size(crashed) + crashes++);
      }
      return Optional.of(new Log(crashed, kind));
    }

    @Override
    public int walks() {
      return 1;
    }

    /** Below RocksDB's own checksums, so that those of the entry are what must find it. */
    @Override
    public boolean corrupt(long slot, int offset) throws IOException {
      if (kind == LogKind.SEGMENTS) {
        SegmentDamage.flipFrame(path.resolve("log"), claimed(path), slot, offset);
        return true;
      }
      RocksFiles db = RocksFiles.open(path.resolve("log"), SMALL);
      try (db) {
        byte[] mended = db.mended(slot);
        byte[] frame = mended == null ? db.entry(slot) : mended;
        frame[offset] ^= 4;
        db.write(changes -> {
          if (mended == null) {
            changes.putEntry(slot, frame);
          } else {
            changes.putMended(slot, frame);
          }
          return true;
        });
        return true;
      }
    }

    @Override
    public boolean corruptHeader(long slot) throws IOException {
      if (kind == LogKind.SEGMENTS) {
        SegmentDamage.flipCopy(path.resolve("log"), claimed(path), slot);
        return true;
      }
      RocksFiles db = RocksFiles.open(path.resolve("log"), SMALL);
      try (db) {
        byte[] copy = db.header(slot);
        copy[20] ^= 4;
        db.write(changes -> {
          changes.putHeader(slot, copy);
          return true;
        });
        return true;
      }
    }

    @Override
    public boolean misdirect(long slot, long other) throws IOException {
      if (kind == LogKind.SEGMENTS) {
        SegmentDamage.misdirect(path.resolve("log"), claimed(path), slot, other);
        return true;
      }
      RocksFiles db = RocksFiles.open(path.resolve("log"), SMALL);
      try (db) {
        db.write(changes -> {
          changes.putEntry(slot, db.entry(other));
          return true;
        });
        return true;
      }
    }

    @Override
    public boolean corruptHardState() throws IOException {
      if (kind == LogKind.SEGMENTS) {
        SegmentDamage.flipHardState(path.resolve("log"));
        return true;
      }
      RocksFiles db = RocksFiles.open(path.resolve("log"), SMALL);
      try (db) {
        byte[] record = db.record(LogRecord.HARD_STATE);
        record[0] ^= 4;
        db.write(changes -> {
          changes.putRecord(LogRecord.HARD_STATE, record);
          return true;
        });
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      delete(path);
    }
  }

  /** Snapshots on a real disk. */
  static final class Snapshots implements SnapshotDisk {
    private final Path path;
    private @Nullable DataDirectory directory;

    Snapshots(Path path) {
      this.path = path;
    }

    @Override
    public SnapshotStore open() {
      if (directory != null) {
        directory.close();
      }
      directory = DataDirectory.open(path, GROUP, NODE);
      return RocksSnapshotStore.open(directory);
    }

    @Override
    public Optional<SnapshotDisk> crashCopy() throws IOException {
      return Optional.of(new Snapshots(copy(path)));
    }

    @Override
    public boolean corrupt(SnapshotRef snapshot, long offset) throws IOException {
      long block = offset / SnapshotFile.BLOCK_BYTES;
      flip(
          path.resolve("snapshots").resolve(snapshot.id() + ".snapshot"),
          offset + (block + 1) * SnapshotFile.BLOCK_HEADER_BYTES);
      return true;
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
      delete(path);
    }
  }

  /** A log store that takes its directory with it. */
  private record Opened(RocksStorage storage) implements LogStore {
    @Override
    public DurableState recover(@Nullable SnapshotRef snapshot, long tailBytesMax) {
      return storage.log().recover(snapshot, tailBytesMax);
    }

    @Override
    public void write(List<DurableWrite> writes) {
      storage.log().write(writes);
    }

    @Override
    public List<Entry> read(long fromSlot, long throughSlot, int bytesMax) {
      return storage.log().read(fromSlot, throughSlot, bytesMax);
    }

    @Override
    public long sizeBytes() {
      return storage.log().sizeBytes();
    }

    @Override
    public void close() {
      storage.close();
    }
  }
}
