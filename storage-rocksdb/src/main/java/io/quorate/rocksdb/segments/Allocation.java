// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that is being filled with zeros. Synced after every piece, so that the pieces do not
 * gather in memory until one sync has to wait for all of them. One thread at a time.
 */
final class Allocation {
  private static final int PIECE_BYTES = 1 << 20;

  /** Shared by all, each with a position of its own; never written to. */
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PIECE_BYTES).asReadOnlyBuffer();

  private final Path path;
  private final FileChannel channel;
  private final long bytes;
  private long written;

  private Allocation(Path path, FileChannel channel, long bytes) {
    this.path = path;
    this.channel = channel;
    this.bytes = bytes;
  }

  static Allocation begin(Path path, long bytes) throws IOException {
    return new Allocation(
        path,
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        bytes);
  }

  /** How long the file will be. */
  long bytes() {
    return bytes;
  }

  long written() {
    return written;
  }

  /**
   * Writes zeros up to there at least; durable on return. An interrupt stays, but does not meet the
   * file. After a failure the file can only be given up.
   */
  void advance(long through) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      ByteBuffer zeros = ZEROS.duplicate();
      while (written < through) {
        zeros.clear().limit((int) Math.min(bytes - written, zeros.capacity()));
        while (zeros.hasRemaining()) {
          written += channel.write(zeros, written);
        }
        channel.force(/* metaData= */ true);
      }
    } catch (IOException e) {
      giveUp();
      throw e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The file, which is full. */
  Path finish() throws IOException {
    channel.close();
    return path;
  }

  /** Removes the file; twice is harmless. What cannot be removed now is when the log is opened. */
  void giveUp() {
    try (channel) {
      Files.deleteIfExists(path);
    } catch (IOException ignored) {
      // Its name does not count.
    }
  }
}
