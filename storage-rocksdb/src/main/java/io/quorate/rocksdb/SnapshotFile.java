// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.SnapshotRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * One snapshot in one file: the stream in blocks, then the manifest. A complete file appears under
 * its name by a rename and disappears by one deletion, so there is no second place that could
 * disagree about which snapshots exist.
 *
 * <pre>
 * block      4 bytes length, 4 bytes CRC32C of number and content, content: 1 MiB, the last shorter
 * …
 * manifest   format, id, slot, epoch, hash, last index, time floor, configuration, size, SHA-256
 * trailer    4 bytes length of the manifest, 4 bytes CRC32C of it, "QRTSNAP1"
 * </pre>
 */
final class SnapshotFile {
  /** Bytes of the stream in every block but the last. */
  static final int BLOCK_BYTES = 1 << 20;

  /** Length and checksum before each block. */
  static final int BLOCK_HEADER_BYTES = 8;

  private static final int FORMAT = 1;
  private static final int TRAILER_BYTES = 16;
  private static final long MAGIC = 0x3150414e53545251L;
  private static final int MANIFEST_BYTES_MAX = 64 << 20;

  private SnapshotFile() {}

  /** A snapshot file whose bytes are not what was written; says where. */
  static final class DamagedSnapshot extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedSnapshot(String message) {
      super(message);
    }
  }

  /** Reads the manifest at the end of a complete file and checks that the length fits. */
  static SnapshotRef readManifest(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long length = file.length();
      if (length < TRAILER_BYTES) {
        throw new DamagedSnapshot(path + " is too short to be a snapshot");
      }
      byte[] trailer = new byte[TRAILER_BYTES];
      file.seek(length - TRAILER_BYTES);
      file.readFully(trailer);
      int manifestBytes = Bytes.getInt(trailer, 0);
      if (Bytes.getLong(trailer, 8) != MAGIC
          || manifestBytes < 0
          || manifestBytes > Math.min(MANIFEST_BYTES_MAX, length - TRAILER_BYTES)) {
        throw new DamagedSnapshot(path + " does not end as a snapshot does");
      }
      byte[] manifest = new byte[manifestBytes];
      file.seek(length - TRAILER_BYTES - manifestBytes);
      file.readFully(manifest);
      if (Bytes.getInt(trailer, 4) != crc(0, manifest, manifestBytes)) {
        throw new DamagedSnapshot("checksum of the manifest in " + path + " does not match");
      }
      SnapshotRef ref = decode(path, manifest);
      if (blockAt(blocksOf(ref.sizeBytes()), ref.sizeBytes()) + manifestBytes + TRAILER_BYTES
          != length) {
        throw new DamagedSnapshot(path + " has " + length + " bytes, which does not fit " + ref);
      }
      return ref;
    }
  }

  /** Reads all blocks and checks each. */
  static void verifyBlocks(Path path, SnapshotRef ref) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      for (long number = 0; number < blocksOf(ref.sizeBytes()); number++) {
        readBlock(file, path, number, ref.sizeBytes());
      }
    }
  }

  /** Reads one block of a stream of {@code sizeBytes} and checks it. */
  static byte[] readBlock(RandomAccessFile file, Path path, long number, long sizeBytes)
      throws IOException {
    int length = (int) Math.min(BLOCK_BYTES, sizeBytes - number * BLOCK_BYTES);
    byte[] header = new byte[BLOCK_HEADER_BYTES];
    byte[] block = new byte[length];
    file.seek(number * (BLOCK_BYTES + BLOCK_HEADER_BYTES));
    if (file.length() - file.getFilePointer() < BLOCK_HEADER_BYTES + length) {
      throw new DamagedSnapshot(path + " ends within block " + number);
    }
    file.readFully(header);
    file.readFully(block);
    if (Bytes.getInt(header, 0) != length
        || Bytes.getInt(header, 4) != crc(number, block, length)) {
      throw new DamagedSnapshot("checksum of block " + number + " of " + path + " does not match");
    }
    return block;
  }

  /** Writes one block where it belongs. */
  static void writeBlock(RandomAccessFile file, long number, byte[] block, int length)
      throws IOException {
    byte[] header = new byte[BLOCK_HEADER_BYTES];
    Bytes.putInt(header, 0, length);
    Bytes.putInt(header, 4, crc(number, block, length));
    file.seek(number * (BLOCK_BYTES + BLOCK_HEADER_BYTES));
    file.write(header);
    file.write(block, 0, length);
  }

  /** Writes manifest and trailer behind the last block; the file is complete but not synced. */
  static void writeManifest(RandomAccessFile file, SnapshotRef ref) throws IOException {
    byte[] manifest = encode(ref);
    byte[] trailer = new byte[TRAILER_BYTES];
    Bytes.putInt(trailer, 0, manifest.length);
    Bytes.putInt(trailer, 4, crc(0, manifest, manifest.length));
    Bytes.putLong(trailer, 8, MAGIC);
    long end = blockAt(blocksOf(ref.sizeBytes()), ref.sizeBytes());
    file.seek(end);
    file.write(manifest);
    file.write(trailer);
    file.setLength(end + manifest.length + TRAILER_BYTES);
  }

  /** How many blocks a stream of this length has. */
  static long blocksOf(long sizeBytes) {
    return (sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static long blockAt(long number, long sizeBytes) {
    return Math.min(number * BLOCK_BYTES, sizeBytes) + number * BLOCK_HEADER_BYTES;
  }

  private static byte[] encode(SnapshotRef ref) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(FORMAT);
    writeBytes(out, ref.id().getBytes(StandardCharsets.UTF_8));
    out.writeLong(ref.slot());
    out.writeLong(ref.epoch());
    out.writeLong(ref.hash().high());
    out.writeLong(ref.hash().low());
    out.writeLong(ref.lastIndex());
    out.writeLong(ref.timeFloorNanos());
    writeBytes(out, ref.configuration());
    out.writeLong(ref.sizeBytes());
    writeBytes(out, ref.sha256());
    return bytes.toByteArray();
  }

  private static SnapshotRef decode(Path path, byte[] manifest) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(manifest));
    int format = in.readInt();
    if (format != FORMAT) {
      throw new DamagedSnapshot(
          path + " has snapshot format " + format + ", this release reads " + FORMAT);
    }
    String id = new String(readBytes(in), StandardCharsets.UTF_8);
    long slot = in.readLong();
    long epoch = in.readLong();
    ChainHash hash = new ChainHash(in.readLong(), in.readLong());
    long lastIndex = in.readLong();
    long timeFloorNanos = in.readLong();
    byte[] configuration = readBytes(in);
    long sizeBytes = in.readLong();
    return new SnapshotRef(
        id, slot, epoch, hash, lastIndex, timeFloorNanos, configuration, sizeBytes, readBytes(in));
  }

  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[Math.min(in.readInt(), in.available())];
    in.readFully(bytes);
    return bytes;
  }

  private static int crc(long number, byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    byte[] prefix = new byte[8];
    Bytes.putLong(prefix, 0, number);
    crc.update(prefix, 0, prefix.length);
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
