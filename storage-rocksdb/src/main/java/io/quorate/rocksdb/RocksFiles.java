// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.LogChanges;
import io.quorate.rocksdb.files.LogFiles;
import io.quorate.rocksdb.files.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB database set up as a log, and the guard of its native memory: calls of any thread and
 * {@link #close} exclude each other, and a call after it is refused instead of reaching freed
 * memory.
 */
final class RocksFiles implements LogFiles {
  private static final int READ_AHEAD_BYTES = 2 << 20;
  private static final int PROBES_MAX = 10_000;

  /** A call into RocksDB. */
  interface Call<T extends @Nullable Object> {
    T run() throws RocksDBException;
  }

  private final Path path;
  private final RocksDB db;
  private final ColumnFamilyHandle records;
  private final ColumnFamilyHandle entries;
  // Null in a log of an earlier release that is only looked at.
  private final @Nullable ColumnFamilyHandle headers;
  private final @Nullable ColumnFamilyHandle mended;
  private final ConcurrentSkipListSet<Long> mendedSlots = new ConcurrentSkipListSet<>();
  private final WriteOptions writeOptions;
  private final WriteBatch batch;
  private final long syncedSequence;
  private final List<AbstractImmutableNativeReference> natives;
  private final ReentrantReadWriteLock guard = new ReentrantReadWriteLock();
  private boolean closed;

  private RocksFiles(
      Path path,
      RocksDB db,
      List<ColumnFamilyHandle> families,
      WriteOptions writeOptions,
      List<AbstractImmutableNativeReference> natives,
      long syncedSequence) {
    this.path = path;
    this.db = db;
    this.records = families.get(0);
    this.entries = families.get(1);
    this.headers = families.size() > 2 ? families.get(2) : null;
    this.mended = families.size() > 3 ? families.get(3) : null;
    this.writeOptions = writeOptions;
    this.batch = kept(natives, new WriteBatch());
    this.natives = natives;
    this.syncedSequence = syncedSequence;
  }

  /** Whether a database was ever made here. */
  static boolean exists(Path path) {
    return Files.exists(path.resolve("CURRENT"));
  }

  /** Opens or creates the database. */
  static RocksFiles open(Path path, LogOptions options) {
    return open(path, options, false);
  }

  /** Opens an existing database to look at it; changes nothing. */
  static RocksFiles openReadOnly(Path path) {
    return open(path, LogOptions.DEFAULT, true);
  }

  private static RocksFiles open(Path path, LogOptions options, boolean readOnly) {
    NativeLibrary.load();
    List<AbstractImmutableNativeReference> natives = new ArrayList<>();
    boolean opened = false;
    try {
      long begun = WalEvidence.lastBegun(path);
      DBOptions dbOptions = kept(natives, databaseOptions(options));
      if (readOnly) {
        dbOptions.setLogger(kept(natives, new SilentLogger()));
      }
      ColumnFamilyOptions recordOptions = kept(natives, tableOptions(1L << 20));
      ColumnFamilyOptions entryOptions = kept(natives, tableOptions(options.memtableBytes()));
      List<ColumnFamilyDescriptor> families = new ArrayList<>();
      families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, recordOptions));
      families.add(new ColumnFamilyDescriptor(LogFormat.ENTRIES, entryOptions));
      if (!readOnly || hasHeaders(path)) {
        families.add(new ColumnFamilyDescriptor(LogFormat.HEADERS, entryOptions));
        families.add(new ColumnFamilyDescriptor(LogFormat.MENDED, recordOptions));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB db =
          readOnly
              ? RocksDB.openReadOnly(dbOptions, path.toString(), families, handles)
              : RocksDB.open(dbOptions, path.toString(), families, handles);
      kept(natives, db);
      for (ColumnFamilyHandle handle : handles) {
        kept(natives, handle);
      }
      WriteOptions write = kept(natives, new WriteOptions().setSync(options.sync()));
      RocksFiles database = new RocksFiles(path, db, handles, write, natives, begun - 1);
      database.findMended();
      opened = true;
      return database;
    } catch (IOException e) {
      throw DataDirectory.cannotUse(path, "read it", e);
    } catch (RocksDBException e) {
      throw new StorageFault(
          "cannot open the log in %s: %s; %s".formatted(path, e.getMessage(), RocksMend.of(e)), e);
    } finally {
      if (!opened) {
        free(natives);
      }
    }
  }

  /** Whether a log has copies of its headers: those of earlier releases get them when opened. */
  private static boolean hasHeaders(Path path) throws RocksDBException {
    try (Options options = new Options()) {
      for (byte[] family : RocksDB.listColumnFamilies(options, path.toString())) {
        if (Arrays.equals(family, LogFormat.MENDED)) {
          return true;
        }
      }
      return false;
    }
  }

  private void findMended() throws RocksDBException {
    ColumnFamilyHandle family = mended;
    if (family == null) {
      return;
    }
    try (RocksIterator at = db.newIterator(family)) {
      for (at.seekToFirst(); at.isValid(); at.next()) {
        mendedSlots.add(LogFormat.slotOfMended(at.key()));
      }
      at.status();
    }
  }

  private static DBOptions databaseOptions(LogOptions options) {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        // The marker tells whether what this mode drops had been synced; only this mode lets
        // retired log files be overwritten (docs/adr/0002-rocksdb-log.md).
        .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
        .setRecycleLogFileNum(options.recycledLogFiles())
        // Both families leave memory together, so that a write-ahead log is never held by the
        // other.
        .setAtomicFlush(true)
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        // A disk that failed once is not trusted again: no resuming behind our back.
        .setMaxBgErrorResumeCount(0)
        .setMaxOpenFiles(-1)
        .setMaxBackgroundJobs(2)
        .setBytesPerSync(1 << 20)
        .setSkipStatsUpdateOnDbOpen(true)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setMaxManifestFileSize(1 << 20)
        .setManifestPreallocationSize(64 << 10)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(1 << 20)
        .setKeepLogFileNum(2);
  }

  private static ColumnFamilyOptions tableOptions(long memtableBytes) {
    return new ColumnFamilyOptions()
        .setWriteBufferSize(memtableBytes)
        .setMaxWriteBufferNumber(4)
        // A table file leaves level 0 at once. Slots ascend, so it overlaps nothing and is moved,
        // not rewritten; and only files below level 0 can be dropped whole.
        .setLevelZeroFileNumCompactionTrigger(1)
        .setTargetFileSizeBase(2 * memtableBytes)
        .setMaxBytesForLevelBase(1L << 40)
        .setTtl(0)
        .setPeriodicCompactionSeconds(0)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setTableFormatConfig(
            new BlockBasedTableConfig().setBlockSize(32 << 10).setNoBlockCache(true));
  }

  /** Where it is. */
  @Override
  public Path path() {
    return path;
  }

  /** Runs a call that may not meet {@link #close}. */
  <T extends @Nullable Object> T guarded(String operation, Call<T> call) {
    guard.readLock().lock();
    try {
      if (closed) {
        throw new StorageFault("cannot " + operation + ": the log in " + path + " is closed");
      }
      return call.run();
    } catch (RocksDBException e) {
      throw fault(operation, e);
    } finally {
      guard.readLock().unlock();
    }
  }

  private StorageFault fault(String operation, RocksDBException e) {
    return new StorageFault(
        "failed to %s in %s: %s; %s".formatted(operation, path, e.getMessage(), RocksMend.of(e)),
        e);
  }

  /** One of the few records beside the entries. */
  @Override
  public byte @Nullable [] record(LogRecord record) {
    return this.<byte @Nullable []>guarded("read a record", () -> db.get(records, record.key()));
  }

  /** The frame of one entry, unchecked. */
  @Override
  public byte @Nullable [] entry(long slot) {
    return this.<byte @Nullable []>guarded(
        "read slot " + slot, () -> db.get(entries, LogFormat.key(slot)));
  }

  /** The copy of a header, unchecked; null if there is none that RocksDB can read. */
  @Override
  public byte @Nullable [] header(long slot) {
    return readable(headers, LogFormat.key(slot));
  }

  /** The copy of a header that was put back, unchecked; null if there is none. */
  @Override
  public byte @Nullable [] mendedHeader(long slot) {
    return mendedSlots.contains(slot) ? readable(mended, LogFormat.mendedHeaderKey(slot)) : null;
  }

  /** Whether an entry or a header was put back at a slot. */
  @Override
  public boolean isMended(long slot) {
    return mendedSlots.contains(slot);
  }

  /** The frame of an entry that was put back, unchecked; null if there is none. */
  @Override
  public byte @Nullable [] mended(long slot) {
    return mendedSlots.contains(slot) ? readable(mended, LogFormat.mendedKey(slot)) : null;
  }

  private byte @Nullable [] readable(@Nullable ColumnFamilyHandle family, byte[] key) {
    if (family == null) {
      return null;
    }
    return this.<byte @Nullable []>guarded(
        "read the copy of an entry",
        () -> {
          try {
            return db.get(family, key);
          } catch (RocksDBException e) {
            if (isCorruption(e)) {
              return null;
            }
            throw e;
          }
        });
  }

  /** Shows all slots of a range, whatever stands there or not. */
  @Override
  public void walk(long from, long through, boolean ahead, SlotVisitor visitor) {
    Walk walk = new Walk(from, visitor);
    while (walk.next <= through && !walk.stopped) {
      // An iterator goes no further than to the first damaged block: the next one begins behind it.
      @Nullable Damage damage = visitUntilDamage(walk.next, through, ahead, walk);
      if (damage == null) {
        walk.skip(through, "it is missing");
      } else {
        walk.skip(damage.lastSlot(), damage.cause());
      }
    }
  }

  /** Gives a name to what is not there. */
  private static final class Walk implements Visitor {
    private final SlotVisitor visitor;
    private long next;
    private boolean stopped;

    Walk(long from, SlotVisitor visitor) {
      this.next = from;
      this.visitor = visitor;
    }

    @Override
    public boolean visit(long slot, byte[] frame) {
      skip(slot - 1, "it is missing, the next one is slot " + slot);
      if (!stopped) {
        next = slot + 1;
        stopped = !visitor.visit(slot, frame, null);
      }
      return !stopped;
    }

    void skip(long last, String damage) {
      while (next <= last && !stopped) {
        stopped = !visitor.visit(next++, null, damage);
      }
    }
  }

  /**
   * Shows entries of {@code [from, through]} in order, as one moment of the database has them,
   * until one cannot be read; null if there was no damage.
   */
  @Override
  public @Nullable Damage visitUntilDamage(
      long from, long through, boolean ahead, Visitor visitor) {
    return visitUntilDamage(entries, from, through, ahead, visitor);
  }

  /** The same with the copies of the headers. */
  @Override
  public @Nullable Damage visitHeaders(long from, long through, Visitor visitor) {
    ColumnFamilyHandle family = headers;
    return family == null ? null : visitUntilDamage(family, from, through, false, visitor);
  }

  private @Nullable Damage visitUntilDamage(
      ColumnFamilyHandle family, long from, long through, boolean ahead, Visitor visitor) {
    return this.<@Nullable Damage>guarded(
        "read the log from slot " + from,
        () -> {
          long next = from;
          try (Slice end = new Slice(LogFormat.key(through + 1));
              ReadOptions read = new ReadOptions()) {
            read.setIterateUpperBound(end).setFillCache(false).setVerifyChecksums(true);
            if (ahead) {
              read.setReadaheadSize(READ_AHEAD_BYTES);
            }
            try (RocksIterator at = db.newIterator(family, read)) {
              boolean more = true;
              for (at.seek(LogFormat.key(from)); more && at.isValid(); at.next()) {
                long slot = LogFormat.slotOf(at.key());
                next = slot + 1;
                more = visitor.visit(slot, at.value());
              }
              at.status();
              return null;
            }
          } catch (RocksDBException e) {
            if (isCorruption(e)) {
              return new Damage(
                  next, lastUnreadable(family, next, through), String.valueOf(e.getMessage()));
            }
            throw e;
          }
        });
  }

  /** Damage spoils a whole block of a table file: finds where the next sound one begins. */
  private long lastUnreadable(ColumnFamilyHandle family, long first, long through) {
    long last = first;
    while (last < through && last - first < PROBES_MAX && isUnreadable(family, last + 1)) {
      last++;
    }
    return last;
  }

  private boolean isUnreadable(ColumnFamilyHandle family, long slot) {
    try (ReadOptions read = new ReadOptions()) {
      db.get(family, read, LogFormat.key(slot));
      return false;
    } catch (RocksDBException e) {
      return isCorruption(e);
    }
  }

  private static boolean isCorruption(RocksDBException e) {
    @Nullable Status status = e.getStatus();
    return status != null && status.getCode() == Status.Code.Corruption;
  }

  /** Sequence number of the last change. */
  @Override
  public long sequence() {
    return guarded("read the sequence number", db::getLatestSequenceNumber);
  }

  /** What RocksDB counts of the entries: flushes, compactions, stalls. */
  @Override
  public SortedMap<String, String> statistics() {
    return guarded(
        "read the statistics", () -> new TreeMap<>(db.getMapProperty(entries, "rocksdb.cfstats")));
  }

  /** What the write-ahead log told before RocksDB opened it. */
  @Override
  public long syncedSequence() {
    return syncedSequence;
  }

  /** The changes of one group, in the one batch that the writing thread uses again and again. */
  private final class Batch implements LogChanges {
    private interface Put {
      void run() throws RocksDBException;
    }

    private void put(Put put) {
      try {
        put.run();
      } catch (RocksDBException e) {
        throw fault("write", e);
      }
    }

    @Override
    public void putRecord(LogRecord record, byte[] value) {
      put(() -> batch.put(records, record.key(), value));
    }

    @Override
    public void putEntry(long slot, byte[] frame) {
      put(() -> batch.put(entries, LogFormat.key(slot), frame));
    }

    @Override
    public void putHeader(long slot, byte[] copy) {
      put(() -> batch.put(writable(headers), LogFormat.key(slot), copy));
    }

    @Override
    public void putMended(long slot, byte[] frame) {
      put(() -> batch.put(writable(mended), LogFormat.mendedKey(slot), frame));
      mendedSlots.add(slot);
    }

    @Override
    public void putMendedHeader(long slot, byte[] copy) {
      put(() -> batch.put(writable(mended), LogFormat.mendedHeaderKey(slot), copy));
      mendedSlots.add(slot);
    }

    @Override
    public void truncate(long from, long through) {
      for (long slot = from; slot <= through; slot++) {
        byte[] key = LogFormat.key(slot);
        put(() -> batch.delete(entries, key));
        put(() -> batch.delete(writable(headers), key));
      }
      forgetMended(from, through);
    }

    /** Entries stay where they are until their file is dropped: nobody asks. */
    @Override
    public void forgetThrough(long slot) {
      forgetMended(0, slot);
    }

    private void forgetMended(long from, long through) {
      for (long slot : mendedSlots.subSet(from, true, through, true)) {
        put(() -> batch.delete(writable(mended), LogFormat.mendedKey(slot)));
        put(() -> batch.delete(writable(mended), LogFormat.mendedHeaderKey(slot)));
        mendedSlots.remove(slot);
      }
    }
  }

  @Override
  public long write(Filling filling) {
    return guarded(
        "write",
        () -> {
          batch.clear();
          if (!filling.fill(new Batch())) {
            return -1L;
          }
          db.write(writeOptions, batch);
          return batch.getDataSize();
        });
  }

  private static ColumnFamilyHandle writable(@Nullable ColumnFamilyHandle family) {
    if (family == null) {
      throw new IllegalStateException("the log was opened to be looked at");
    }
    return family;
  }

  @Override
  public void dropThrough(long slot) {
    guarded(
        "drop the files of the truncated log",
        () -> {
          List<byte[]> range = List.of(LogFormat.key(0), LogFormat.key(slot + 1));
          db.deleteFilesInRanges(entries, range, /* includeEnd= */ false);
          db.deleteFilesInRanges(writable(headers), range, /* includeEnd= */ false);
          return true;
        });
  }

  /** Takes back everything; waits for calls under way. */
  @Override
  public void close() {
    guard.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        free(natives);
      }
    } finally {
      guard.writeLock().unlock();
    }
  }

  private static <T extends AbstractImmutableNativeReference> T kept(
      List<AbstractImmutableNativeReference> natives, T reference) {
    natives.add(reference);
    return reference;
  }

  private static void free(List<AbstractImmutableNativeReference> natives) {
    for (int i = natives.size() - 1; i >= 0; i--) {
      natives.get(i).close();
    }
  }
}
