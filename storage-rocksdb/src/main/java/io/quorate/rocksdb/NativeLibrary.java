// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import org.rocksdb.RocksDB;

/** Brings RocksDB's native code into the process, once. */
final class NativeLibrary {
  private NativeLibrary() {}

  static synchronized void load() {
    RocksDB.loadLibrary();
  }
}
