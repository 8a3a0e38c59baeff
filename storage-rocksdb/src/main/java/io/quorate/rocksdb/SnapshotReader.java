// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.SnapshotRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The stream of a snapshot: checks each block before it hands out a byte of it, and the hash of the
 * whole at the end. Goes on while the file is deleted beside it.
 */
final class SnapshotReader extends InputStream {
  private final Path path;
  private final RandomAccessFile file;
  private final SnapshotRef snapshot;
  private final Consumer<IOException> onDamage;
  private final MessageDigest digest = SnapshotFile.sha256();
  private byte[] block = new byte[0];
  private int at;
  private long nextBlock;
  private boolean ended;

  SnapshotReader(Path path, SnapshotRef snapshot, Consumer<IOException> onDamage)
      throws IOException {
    this.path = path;
    this.onDamage = onDamage;
    this.snapshot = snapshot;
    this.file = new RandomAccessFile(path.toFile(), "r");
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      if (at == block.length && !nextBlock()) {
        return -1;
      }
    } catch (SnapshotFile.DamagedSnapshot e) {
      onDamage.accept(e);
      throw e;
    }
    int count = Math.min(length, block.length - at);
    System.arraycopy(block, at, into, offset, count);
    at += count;
    return count;
  }

  private boolean nextBlock() throws IOException {
    if (ended) {
      return false;
    }
    if (nextBlock == SnapshotFile.blocksOf(snapshot.sizeBytes())) {
      if (!Arrays.equals(digest.digest(), snapshot.sha256())) {
        throw new SnapshotFile.DamagedSnapshot("hash of " + snapshot + " in " + path + " differs");
      }
      ended = true;
      return false;
    }
    block = SnapshotFile.readBlock(file, path, nextBlock, snapshot.sizeBytes());
    at = 0;
    nextBlock++;
    digest.update(block);
    return true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
