// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks on the keys of one folder, between threads and between processes: each key has one byte of
 * the lock file, and several keys may have the same one. A process that is killed leaves none
 * behind. Safe for several threads.
 */
final class FolderLocks implements AutoCloseable {
  static final int LOCKS = 1024;

  /**
   * Folders open in this process. POSIX locks belong to the process, and closing any handle of the
   * lock file would release them all: there is one handle, whoever uses it.
   */
  private static final Map<Path, FolderLocks> OPEN_HERE = new HashMap<>();

  private final Path file;
  private final FileChannel channel;
  private final ReentrantLock[] threads = new ReentrantLock[LOCKS];
  private int users;

  private FolderLocks(Path file) throws IOException {
    this.file = file;
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    for (int i = 0; i < LOCKS; i++) {
      threads[i] = new ReentrantLock();
    }
  }

  /** What is done under a lock. */
  interface Work<T> {
    /**
     * Does it.
     *
     * @param lock number of the lock, below {@link #LOCKS}
     */
    T run(int lock) throws IOException;
  }

  /** The locks of a folder, to be closed by each who opened them. */
  static FolderLocks open(Path folder) throws IOException {
    Path file = folder.toRealPath().resolve("lock");
    synchronized (OPEN_HERE) {
      FolderLocks locks = OPEN_HERE.get(file);
      if (locks == null) {
        locks = new FolderLocks(file);
        OPEN_HERE.put(file, locks);
      }
      locks.users++;
      return locks;
    }
  }

  /** Does the work while nobody else, here or elsewhere, works on the key. */
  <T> T with(String key, Work<T> work) throws IOException {
    int number = Math.floorMod(mix(key.hashCode()), LOCKS);
    threads[number].lock();
    try (FileLock lock = channel.lock(number, 1, false)) {
      if (!lock.isValid()) {
        throw new IOException(file + " cannot be locked");
      }
      return work.run(number);
    } finally {
      threads[number].unlock();
    }
  }

  private static int mix(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ mixed >>> 16;
  }

  @Override
  public void close() throws IOException {
    synchronized (OPEN_HERE) {
      users--;
      if (users == 0) {
        OPEN_HERE.remove(file);
        channel.close();
      }
    }
  }
}
