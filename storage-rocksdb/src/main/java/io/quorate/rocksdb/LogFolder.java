// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.LogFiles;
import io.quorate.rocksdb.segments.SegmentFiles;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The folder of a log: what it holds tells which kind of files it is kept in. */
final class LogFolder {
  private LogFolder() {}

  /** In what files the log is; null if there is none yet. */
  static @Nullable LogKind kindOf(Path path) {
    if (RocksFiles.exists(path)) {
      return LogKind.ROCKSDB;
    }
    return SegmentFiles.exists(path) ? LogKind.SEGMENTS : null;
  }

  /**
   * Opens the files of a log, or makes them.
   *
   * @param claim what is known to have been synced; null if nothing is
   */
  static LogFiles open(Path path, LogOptions options, SyncMarker.@Nullable Claim claim) {
    @Nullable LogKind found = kindOf(path);
    @Nullable LogKind kind = options.kind();
    if (kind == null) {
      kind = found == null ? LogKind.SEGMENTS : found;
    }
    if (found != null && found != kind) {
      throw new StorageFault(
          ("the log in %s was made with rocksdb.log = %s, the configuration says %s, which cannot"
                  + " read it: put back rocksdb.log = %s, or begin anew with another data-dir or"
                  + " group")
              .formatted(path, named(found), named(kind), named(found)));
    }
    return kind == LogKind.ROCKSDB
        ? RocksFiles.open(path, options)
        : SegmentFiles.open(path, options.segments(), sequenceOf(claim));
  }

  /** Opens the files of a log that there is, to look at them; changes nothing. */
  static LogFiles openReadOnly(Path path, SyncMarker.@Nullable Claim claim) {
    return kindOf(path) == LogKind.SEGMENTS
        ? SegmentFiles.openReadOnly(path, sequenceOf(claim))
        : RocksFiles.openReadOnly(path);
  }

  private static long sequenceOf(SyncMarker.@Nullable Claim claim) {
    return claim == null ? 0 : claim.sequence();
  }

  private static String named(LogKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
