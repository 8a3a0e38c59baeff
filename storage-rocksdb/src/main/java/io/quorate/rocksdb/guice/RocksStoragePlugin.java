// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.guice;

import com.google.inject.Module;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.DataSize;
import io.quorate.node.plugin.StorageEngine;
import io.quorate.node.plugin.StoragePlugin;
import io.quorate.rocksdb.LogKind;
import io.quorate.rocksdb.LogOptions;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code quorate.rocksdb}. */
public final class RocksStoragePlugin implements StoragePlugin {

  /** When a group of writes counts as durable. */
  enum Durability {
    /** Once it is on the disk. */
    FSYNC,
    /** Once the operating system has it: a power loss may take it back. */
    OS
  }

  /** In what files the log is. */
  enum Log {
    /** As the data directory has it, segments in a new one. */
    AUTO,
    /** Preallocated files, each group of writes once. */
    SEGMENTS,
    /** A RocksDB database. */
    ROCKSDB
  }

  @Override
  public String name() {
    return "rocksdb";
  }

  @Override
  public Module configure(ConfigSection section) {
    LogOptions options = read(section);
    return binder -> binder.bind(StorageEngine.class).toInstance(new RocksStorageEngine(options));
  }

  static LogOptions read(ConfigSection section) {
    LogOptions byDefault = LogOptions.DEFAULT;
    Durability durability = section.choice("durability", Durability.FSYNC);
    @Nullable LogKind log =
        switch (section.choice("log", Log.AUTO)) {
          case AUTO -> byDefault.kind();
          case SEGMENTS -> LogKind.SEGMENTS;
          case ROCKSDB -> LogKind.ROCKSDB;
        };
    DataSize memtable =
        section.size(
            "memtable",
            new DataSize(byDefault.memtableBytes()),
            DataSize.ofKibibytes(64),
            new DataSize(1L << 30));
    int recycled = section.number("recycled-logs", byDefault.recycledLogFiles(), 0, 16);
    DataSize segment =
        section.size(
            "segment-size",
            new DataSize(byDefault.segmentBytes()),
            DataSize.ofKibibytes(64),
            new DataSize(1L << 30));
    return new LogOptions(
        log, durability == Durability.FSYNC, memtable.bytes(), recycled, segment.bytes());
  }
}
