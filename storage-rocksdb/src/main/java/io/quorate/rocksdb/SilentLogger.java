// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import org.rocksdb.InfoLogLevel;
import org.rocksdb.Logger;

/** Takes RocksDB's own log and drops it: whoever only looks at a directory leaves no file in it. */
final class SilentLogger extends Logger {
  SilentLogger() {
    super(InfoLogLevel.FATAL_LEVEL);
  }

  @Override
  protected void log(InfoLogLevel level, String message) {
    // Errors reach us as exceptions.
  }
}
