// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What an operator is told to do about a fault: the end of every message of this module. */
final class Mend {
  /**
   * For a damaged log. Starting with an emptied directory under the same name would be the worst
   * advice: the replica would have forgotten its votes and what it acknowledged, and with it a
   * majority may forget a command.
   */
  static final String REPLACE =
      "keep the directory and, while the other replicas still have a majority, remove this replica"
          + " from the group and add a new one under another node id with an empty directory; never"
          + " restart this one with its directory emptied, it would forget its votes and what it"
          + " acknowledged";

  private Mend() {}

  static String of(RocksDBException e) {
    @Nullable Status status = e.getStatus();
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left") || (status != null && isNoSpace(status))) {
      return "free some space on the disk and restart";
    }
    if (message.contains("lock hold by") || message.contains("While lock file")) {
      return "stop the process that uses it";
    }
    if (message.contains("Permission denied")) {
      return "make it writable for user " + System.getProperty("user.name");
    }
    if (status != null && status.getCode() == Status.Code.Corruption) {
      return REPLACE;
    }
    return "check the disk";
  }

  private static boolean isNoSpace(Status status) {
    return status.getSubCode() == Status.SubCode.NoSpace;
  }
}
