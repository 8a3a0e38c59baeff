// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.rocksdb.files.Mend;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What mends a fault that RocksDB reports. */
final class RocksMend {
  private RocksMend() {}

  static String of(RocksDBException e) {
    @Nullable Status status = e.getStatus();
    String message = String.valueOf(e.getMessage());
    if (message.contains("lock hold by") || message.contains("While lock file")) {
      return "stop the process that uses it";
    }
    if (status != null && status.getSubCode() == Status.SubCode.NoSpace) {
      return Mend.SPACE;
    }
    @Nullable String mend = Mend.ofText(message);
    if (mend != null) {
      return mend;
    }
    if (status != null && status.getCode() == Status.Code.Corruption) {
      return Mend.REPLACE;
    }
    return "check the disk";
  }
}
