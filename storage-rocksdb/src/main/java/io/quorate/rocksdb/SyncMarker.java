// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.rocksdb.files.DurableFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The witness beside the log: a small file that says which group of writes was the last one known
 * to be synced, and what the log and the hard state were after it.
 *
 * <p>RocksDB may drop the end of its write-ahead log when it opens, without an error, and segment
 * files have no end but the one that can be read. The marker is written after a group is synced and
 * before anyone hears of it; so a log that ends before the marker has lost what others may count
 * on. An old marker is a weaker statement but still a true one: that is why it needs no sync of its
 * own for every group.
 *
 * <p>Two records are overwritten in turn, so that a torn write leaves the other one:
 *
 * <pre>
 * offset  bytes
 *      0      8  "QRTMARK1"
 *      8      8  serial of the record; the higher one counts
 *     16      8  group
 *     24      8  last slot of the log
 *     32     16  H(last slot)
 *     48      8  ordinal of the last change of the log's files after the group
 *     56      8  slot below which the head is uncertain; 0 if it is certain
 *     64      4  length of the hard state; −1 if there is none, −2 if it is too long to be kept here
 *     68         hard state
 *                CRC32C of all of it, 4 bytes
 * </pre>
 *
 * <p>Not safe for several threads.
 */
final class SyncMarker implements AutoCloseable {
  /** Longest hard state that is copied here. */
  static final int HARD_STATE_BYTES_MAX = 32_000;

  private static final int RECORD_STRIDE = 32 * 1024;
  private static final int HARD_STATE_AT = 68;
  private static final int NONE = -1;
  private static final int TOO_LONG = -2;
  private static final long MAGIC = 0x314b52414d545251L;

  /**
   * What the marker says.
   *
   * @param group last group of writes known to be synced; 0 before the first
   * @param slot last slot of the log after it
   * @param hash H(slot)
   * @param sequence ordinal of the last change of the log's files after it
   * @param uncertainBelow the log once lost its end, and the head is uncertain until the log has
   *     this slot again; 0 if nothing is missing
   * @param hardState the protocol's record after that group; null if there was none, or if it was
   *     too long
   * @param hardStateKnown false if the hard state was too long to be copied
   */
  record Claim(
      long group,
      long slot,
      ChainHash hash,
      long sequence,
      long uncertainBelow,
      byte @Nullable [] hardState,
      boolean hardStateKnown) {
    /** What stands in a marker before the first write. */
    static final Claim NOTHING = new Claim(0, 0, ChainHash.ROOT, 0, 0, null, true);
  }

  private final RandomAccessFile file;
  private long serial;
  private byte[] buffer = new byte[256];

  private SyncMarker(RandomAccessFile file, long serial) {
    this.file = file;
    this.serial = serial;
  }

  /** Makes a marker that claims nothing; durable on return. */
  static void create(Path path) throws IOException {
    byte[] bytes = new byte[2 * RECORD_STRIDE];
    encode(Claim.NOTHING, 1, bytes);
    DurableFiles.replace(path, bytes);
  }

  /** What a marker claims; null if there is none or neither record can be read. */
  static @Nullable Claim read(Path path) throws IOException {
    return Files.isRegularFile(path) ? newest(Files.readAllBytes(path)).claim : null;
  }

  /** Opens a marker for writing; both records may be damaged, they will be overwritten. */
  static SyncMarker open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      create(path);
    }
    byte[] bytes = Files.readAllBytes(path);
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    if (bytes.length < 2 * RECORD_STRIDE) {
      file.seek(bytes.length);
      file.write(new byte[2 * RECORD_STRIDE - bytes.length]);
    }
    return new SyncMarker(file, newest(bytes).serial);
  }

  /**
   * Replaces the older record. Survives the death of the process; a power loss only once synced.
   */
  void write(Claim claim) throws IOException {
    int length = HARD_STATE_AT + (claim.hardState == null ? 0 : claim.hardState.length) + 4;
    if (buffer.length < length && length <= RECORD_STRIDE) {
      buffer = new byte[Math.max(length, 2 * buffer.length)];
    }
    serial++;
    length = encode(claim, serial, buffer);
    file.seek(serial % 2 * RECORD_STRIDE);
    file.write(buffer, 0, length);
  }

  /** Makes the last record durable. */
  void sync() throws IOException {
    file.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private record Found(@Nullable Claim claim, long serial) {}

  private static Found newest(byte[] bytes) {
    Found best = new Found(null, 0);
    for (int at = 0; at + RECORD_STRIDE <= bytes.length; at += RECORD_STRIDE) {
      Found found = decode(bytes, at);
      if (found != null && found.serial > best.serial) {
        best = found;
      }
    }
    return best;
  }

  private static int encode(Claim claim, long serial, byte[] into) {
    byte @Nullable [] hard = claim.hardState;
    boolean fits = claim.hardStateKnown && (hard == null || hard.length <= HARD_STATE_BYTES_MAX);
    int hardBytes = hard == null || !fits ? 0 : hard.length;
    Bytes.putLong(into, 0, MAGIC);
    Bytes.putLong(into, 8, serial);
    Bytes.putLong(into, 16, claim.group);
    Bytes.putLong(into, 24, claim.slot);
    claim.hash.write(into, 32);
    Bytes.putLong(into, 48, claim.sequence);
    Bytes.putLong(into, 56, claim.uncertainBelow);
    Bytes.putInt(into, 64, !fits ? TOO_LONG : hard == null ? NONE : hardBytes);
    if (hard != null && fits) {
      System.arraycopy(hard, 0, into, HARD_STATE_AT, hardBytes);
    }
    int end = HARD_STATE_AT + hardBytes;
    Bytes.putInt(into, end, crc(into, 0, end));
    return end + 4;
  }

  private static @Nullable Found decode(byte[] bytes, int at) {
    if (Bytes.getLong(bytes, at) != MAGIC) {
      return null;
    }
    int length = Bytes.getInt(bytes, at + 64);
    if (length < TOO_LONG || length > HARD_STATE_BYTES_MAX) {
      return null;
    }
    int hardBytes = Math.max(0, length);
    if (Bytes.getInt(bytes, at + HARD_STATE_AT + hardBytes)
        != crc(bytes, at, HARD_STATE_AT + hardBytes)) {
      return null;
    }
    byte @Nullable [] hard = null;
    if (length >= 0) {
      hard = new byte[length];
      System.arraycopy(bytes, at + HARD_STATE_AT, hard, 0, length);
    }
    Claim claim =
        new Claim(
            Bytes.getLong(bytes, at + 16),
            Bytes.getLong(bytes, at + 24),
            ChainHash.read(bytes, at + 32),
            Bytes.getLong(bytes, at + 48),
            Bytes.getLong(bytes, at + 56),
            hard,
            length != TOO_LONG);
    return new Found(claim, Bytes.getLong(bytes, at + 8));
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
