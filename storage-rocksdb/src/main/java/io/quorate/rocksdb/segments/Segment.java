// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One file of the log. Reads and writes are positional and may run beside each other. A thread that
 * comes interrupted stays so, but not meanwhile: an interrupt would close the channel for all.
 */
final class Segment implements AutoCloseable {
  private final Path path;
  private final long incarnation;
  private final FileChannel channel;
  private final long size;

  /** Highest slot of which the log may still need something that stands here. Of the index. */
  long highestSlot;

  /** Readers that still have to read what they looked up here. Of the index. */
  int readers;

  private Segment(Path path, long incarnation, FileChannel channel) throws IOException {
    this.path = path;
    this.incarnation = incarnation;
    this.channel = channel;
    this.size = channel.size();
  }

  static Segment open(Path path, long incarnation, boolean readOnly) throws IOException {
    FileChannel channel =
        readOnly
            ? FileChannel.open(path, StandardOpenOption.READ)
            : FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      Segment segment = new Segment(path, incarnation, channel);
      opened = true;
      return segment;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  Path path() {
    return path;
  }

  long incarnation() {
    return incarnation;
  }

  long size() {
    return size;
  }

  /** Fills an array, as far as the file goes; returns the bytes read. */
  int read(long position, byte[] into) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      ByteBuffer buffer = ByteBuffer.wrap(into);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position()) < 0) {
          break;
        }
      }
      return buffer.position();
    } finally {
      restore(interrupted);
    }
  }

  void write(ByteBuffer buffer, long position) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      long at = position;
      while (buffer.hasRemaining()) {
        at += channel.write(buffer, at);
      }
    } finally {
      restore(interrupted);
    }
  }

  /** Makes what was written durable. After a failure nothing in this file may be built on. */
  void force() throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      channel.force(/* metaData= */ false);
    } finally {
      restore(interrupted);
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return String.valueOf(path.getFileName());
  }
}
