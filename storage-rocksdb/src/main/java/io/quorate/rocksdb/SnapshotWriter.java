// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.SnapshotRef;
import io.quorate.rocksdb.files.DurableFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * Writes the stream of a snapshot into a file that nobody lists yet, block by block.
 *
 * <p>It syncs every few blocks: one sync of a large file at the end would hold up those of the log
 * for as long as it takes, because a file system commits them together.
 */
final class SnapshotWriter extends OutputStream {
  private static final int BLOCKS_PER_SYNC = 8;

  private final Path path;
  private final RandomAccessFile file;
  private final MessageDigest digest = SnapshotFile.sha256();
  private final byte[] block = new byte[SnapshotFile.BLOCK_BYTES];
  private int filled;
  private long blocks;

  private SnapshotWriter(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /** Begins a file, or begins it anew. */
  static SnapshotWriter begin(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    file.setLength(0);
    return new SnapshotWriter(path, file);
  }

  /** Goes on behind the whole blocks that are sound in a file left by an earlier process. */
  static SnapshotWriter resume(Path path, long sizeBytes) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    SnapshotWriter writer = new SnapshotWriter(path, file);
    try {
      while ((writer.blocks + 1) * SnapshotFile.BLOCK_BYTES <= sizeBytes) {
        writer.digest.update(SnapshotFile.readBlock(file, path, writer.blocks, sizeBytes));
        writer.blocks++;
      }
    } catch (SnapshotFile.DamagedSnapshot ignored) {
      // Where the last process stopped, or what a power loss left of it: overwritten next.
    }
    return writer;
  }

  /** Bytes of the stream so far. */
  long position() {
    return blocks * SnapshotFile.BLOCK_BYTES + filled;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      int piece = Math.min(left, block.length - filled);
      System.arraycopy(bytes, at, block, filled, piece);
      filled += piece;
      at += piece;
      left -= piece;
      if (filled == block.length) {
        writeBlock();
      }
    }
  }

  private void writeBlock() throws IOException {
    SnapshotFile.writeBlock(file, blocks, block, filled);
    digest.update(block, 0, filled);
    blocks++;
    filled = 0;
    if (blocks % BLOCKS_PER_SYNC == 0) {
      file.getFD().sync();
    }
  }

  /** Ends the stream. Nothing more may be written. Returns the hash of all of it. */
  byte[] finish() throws IOException {
    if (filled > 0) {
      writeBlock();
    }
    return digest.digest();
  }

  /** Adds the manifest and gives the file its final name; all of it is durable on return. */
  void publish(SnapshotRef ref, Path finalPath) throws IOException {
    SnapshotFile.writeManifest(file, ref);
    file.getFD().sync();
    file.close();
    DurableFiles.rename(path, finalPath);
  }

  /** Closes the file as it is. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
