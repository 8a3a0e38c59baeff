// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.jspecify.annotations.Nullable;

/** What an operator is told to do about a fault: the end of every message of this module. */
public final class Mend {
  /**
   * For a log that the replica cannot vouch for. An emptied directory forgets the replica's votes
   * and what it acknowledged, so a majority may forget a command with it. That is harmless only
   * once everybody else has all of it and has left the terms in which it voted behind: the
   * condition in the sentence, explained in {@code docs/operating.md}.
   */
  public static final String REPLACE =
      "keep the directory and leave this replica stopped; the group goes on while a majority of all"
          + " its members runs. With its directory emptied it may start only after, while it was"
          + " stopped, a write succeeded and then 'quorate status' showed all other members up,"
          + " behind one leader in one epoch, without lag; else acknowledged commands can be lost."
          + " See 'A replica whose files are lost or damaged' in docs/operating.md";

  /** For a full disk. */
  public static final String SPACE = "free some space on the disk and restart";

  private Mend() {}

  /** For a failed operation on a file. */
  public static String of(IOException e) {
    @Nullable String mend = ofText(String.valueOf(e.getMessage()));
    if (mend != null) {
      return mend;
    }
    return e instanceof AccessDeniedException ? writable() : "check the disk";
  }

  /** For what a system call said; null if it tells nothing. */
  public static @Nullable String ofText(String message) {
    if (message.contains("No space left") || message.contains("File too large")) {
      return SPACE;
    }
    if (message.contains("Permission denied")) {
      return writable();
    }
    if (message.contains("Read-only file system")) {
      return "mount it writable";
    }
    return null;
  }

  private static String writable() {
    return "make it writable for user " + System.getProperty("user.name");
  }
}
