// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.port.LogStore.StorageFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
final class LogDatabase implements AutoCloseable {
  private static final int READ_AHEAD_BYTES = 2 << 20;
  private static final int PROBES_MAX = 10_000;

  /** A call into RocksDB. */
  interface Call<T extends @Nullable Object> {
    T run() throws RocksDBException;
  }

  /** Sees entries in ascending order; returns false to stop. */
  interface Visitor {
    boolean visit(long slot, byte[] frame);
  }

  private final Path path;
  private final RocksDB db;
  private final ColumnFamilyHandle records;
  private final ColumnFamilyHandle entries;
  private final WriteOptions writeOptions;
  private final List<AbstractImmutableNativeReference> natives;
  private final ReentrantReadWriteLock guard = new ReentrantReadWriteLock();
  private boolean closed;

  private LogDatabase(
      Path path,
      RocksDB db,
      List<ColumnFamilyHandle> families,
      WriteOptions writeOptions,
      List<AbstractImmutableNativeReference> natives) {
    this.path = path;
    this.db = db;
    this.records = families.get(0);
    this.entries = families.get(1);
    this.writeOptions = writeOptions;
    this.natives = natives;
  }

  /** Whether a database was ever made here. */
  static boolean exists(Path path) {
    return Files.exists(path.resolve("CURRENT"));
  }

  /** Opens or creates the database. */
  static LogDatabase open(Path path, RocksLogOptions options) {
    return open(path, options, false);
  }

  /** Opens an existing database to look at it; changes nothing. */
  static LogDatabase openReadOnly(Path path) {
    return open(path, RocksLogOptions.DEFAULT, true);
  }

  private static LogDatabase open(Path path, RocksLogOptions options, boolean readOnly) {
    NativeLibrary.load();
    List<AbstractImmutableNativeReference> natives = new ArrayList<>();
    boolean opened = false;
    try {
      DBOptions dbOptions = kept(natives, databaseOptions(options));
      if (readOnly) {
        dbOptions.setLogger(kept(natives, new SilentLogger()));
      }
      ColumnFamilyOptions recordOptions = kept(natives, tableOptions(1L << 20));
      ColumnFamilyOptions entryOptions = kept(natives, tableOptions(options.memtableBytes()));
      List<ColumnFamilyDescriptor> families =
          List.of(
              new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, recordOptions),
              new ColumnFamilyDescriptor(LogFormat.ENTRIES, entryOptions));
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
      opened = true;
      return new LogDatabase(path, db, handles, write, natives);
    } catch (RocksDBException e) {
      throw new StorageFault(
          "cannot open the log in %s: %s; %s".formatted(path, e.getMessage(), Mend.of(e)), e);
    } finally {
      if (!opened) {
        free(natives);
      }
    }
  }

  private static DBOptions databaseOptions(RocksLogOptions options) {
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
  Path path() {
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
      throw new StorageFault(
          "failed to %s in %s: %s; %s".formatted(operation, path, e.getMessage(), Mend.of(e)), e);
    } finally {
      guard.readLock().unlock();
    }
  }

  /** One of the few records beside the entries. */
  byte @Nullable [] record(byte[] key) {
    return this.<byte @Nullable []>guarded("read a record", () -> db.get(records, key));
  }

  /** The frame of one entry, unchecked. */
  byte @Nullable [] entry(long slot) {
    return this.<byte @Nullable []>guarded(
        "read slot " + slot, () -> db.get(entries, LogFormat.key(slot)));
  }

  /**
   * Shows entries of {@code [from, through]} in order, as one moment of the database has them.
   *
   * @throws StorageFault RocksDB found damage; names the slots that cannot be read
   */
  void visit(long from, long through, boolean ahead, Visitor visitor) {
    Damage damage = visitUntilDamage(from, through, ahead, visitor);
    if (damage != null) {
      throw LogProof.damaged(this, damage.firstSlot, damage.lastSlot, damage.cause);
    }
  }

  /** Slots that RocksDB cannot read. */
  record Damage(long firstSlot, long lastSlot, RocksDBException cause) {}

  /** As {@link #visit}, but reports damage instead of throwing; null if there was none. */
  @Nullable Damage visitUntilDamage(long from, long through, boolean ahead, Visitor visitor) {
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
            try (RocksIterator at = db.newIterator(entries, read)) {
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
              return new Damage(next, lastUnreadable(next), e);
            }
            throw e;
          }
        });
  }

  /** Damage spoils a whole block of a table file: finds where the next sound one begins. */
  private long lastUnreadable(long first) {
    long last = first;
    while (last - first < PROBES_MAX && isUnreadable(last + 1)) {
      last++;
    }
    return last;
  }

  private boolean isUnreadable(long slot) {
    try (ReadOptions read = new ReadOptions()) {
      db.get(entries, read, LogFormat.key(slot));
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
  long sequence() {
    return guarded("read the sequence number", db::getLatestSequenceNumber);
  }

  /** What RocksDB counts of the entries: flushes, compactions, stalls. */
  SortedMap<String, String> statistics() {
    return guarded(
        "read the statistics", () -> new TreeMap<>(db.getMapProperty(entries, "rocksdb.cfstats")));
  }

  void putRecord(WriteBatch batch, byte[] key, byte[] value) throws RocksDBException {
    batch.put(records, key, value);
  }

  void putEntry(WriteBatch batch, long slot, byte[] frame) throws RocksDBException {
    batch.put(entries, LogFormat.key(slot), frame);
  }

  void deleteEntry(WriteBatch batch, long slot) throws RocksDBException {
    batch.delete(entries, LogFormat.key(slot));
  }

  /** Writes a batch; as durable on return as the options say. */
  void write(WriteBatch batch) throws RocksDBException {
    db.write(writeOptions, batch);
  }

  /** Removes the table files that hold nothing above {@code slot}, without reading them. */
  void dropFilesThrough(long slot) throws RocksDBException {
    db.deleteFilesInRanges(
        entries, List.of(LogFormat.key(0), LogFormat.key(slot + 1)), /* includeEnd= */ false);
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
