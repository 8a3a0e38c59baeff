// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What an operator is told to do about a fault: the end of every message of this module. */
final class Mend {
  /**
   * For a log that the replica cannot vouch for. An emptied directory forgets the replica's votes
   * and what it acknowledged, so a majority may forget a command with it. That is harmless only
   * once everybody else has all of it and has left the terms in which it voted behind: the
   * condition in the sentence, explained in {@code docs/operating.md}.
   */
  static final String REPLACE =
      "keep the directory and leave this replica stopped; the group goes on while a majority of all"
          + " its members runs. With its directory emptied it may start only after, while it was"
          + " stopped, a write succeeded and then 'quorate status' showed all other members up,"
          + " behind one leader in one epoch, without lag; else acknowledged commands can be lost."
          + " See 'A replica whose files are lost or damaged' in docs/operating.md";

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
