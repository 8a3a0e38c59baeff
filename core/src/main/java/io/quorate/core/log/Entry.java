// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import io.quorate.core.check.Check;
import java.util.zip.CRC32C;

/**
 * One entry of the replicated log: the unit of consensus. It is encoded once, by the leader that
 * proposed it; the same bytes go over the wire, to the disk or the object store, and to apply.
 *
 * <pre>
 * offset  bytes
 *      0      1  format version (1)
 *      1      1  kind
 *      4      4  length of the body
 *      8      8  slot, from 1
 *     16      8  epoch: fencing number of the proposing leader
 *     24      8  index of the first command (of the next command, if there is none)
 *     32      4  number of commands
 *     40      8  consensus time, nanoseconds since 1970
 *     48     16  H(slot − 1)
 *     64     16  hash of the body
 *     80     16  H(slot) = hash of bytes 0..79
 *     96      4  CRC32C of the body
 *    100      4  CRC32C of bytes 0..99
 *    104         body
 * </pre>
 *
 * <p>Immutable: nobody writes to the frame after it was sealed. An instance has passed the header
 * check; {@link #verifyBody()} is due after every read from disk or wire, and before apply.
 */
public final class Entry {
  /** Bytes before the body. */
  public static final int HEADER_BYTES = 104;

  private static final int VERSION = 1;
  private static final int KIND_AT = 1;
  static final int BODY_LENGTH_AT = 4;
  static final int SLOT_AT = 8;
  static final int EPOCH_AT = 16;
  static final int FIRST_INDEX_AT = 24;
  static final int COUNT_AT = 32;
  static final int TIME_AT = 40;
  static final int PARENT_AT = 48;
  private static final int BODY_HASH_AT = 64;
  static final int HASH_AT = 80;
  private static final int BODY_CRC_AT = 96;
  private static final int HEADER_CRC_AT = 100;

  private final byte[] frame;
  private final EntryKind kind;
  private final long slot;
  private final long epoch;

  private Entry(byte[] frame, EntryKind kind, long slot, long epoch) {
    this.frame = frame;
    this.kind = kind;
    this.slot = slot;
    this.epoch = epoch;
  }

  /**
   * Writes the header of a new entry in front of its body and freezes the bytes.
   *
   * @param frame {@link #HEADER_BYTES} bytes of room, then the body; owned by the entry afterwards
   * @param timeNanos consensus time, at least {@link #timeFloorNanos()} of the parent
   */
  public static Entry seal(
      byte[] frame,
      EntryKind kind,
      long slot,
      long epoch,
      long firstIndex,
      int count,
      long timeNanos,
      ChainHash parent) {
    Check.that(frame.length >= HEADER_BYTES, "frame of %s bytes has no room", frame.length);
    Check.that(slot >= 1 && epoch >= 0, "slot %s, epoch %s", slot, epoch);
    Check.that(firstIndex >= 1 && count >= 0, "first index %s, count %s", firstIndex, count);
    frame[0] = VERSION;
    frame[KIND_AT] = (byte) kind.number();
    Bytes.putInt(frame, BODY_LENGTH_AT, frame.length - HEADER_BYTES);
    Bytes.putLong(frame, SLOT_AT, slot);
    Bytes.putLong(frame, EPOCH_AT, epoch);
    Bytes.putLong(frame, FIRST_INDEX_AT, firstIndex);
    Bytes.putInt(frame, COUNT_AT, count);
    Bytes.putLong(frame, TIME_AT, timeNanos);
    parent.write(frame, PARENT_AT);
    bodyHash(frame).write(frame, BODY_HASH_AT);
    ChainHash.of(frame, 0, HASH_AT).write(frame, HASH_AT);
    Bytes.putInt(frame, BODY_CRC_AT, crc(frame, HEADER_BYTES, frame.length - HEADER_BYTES));
    Bytes.putInt(frame, HEADER_CRC_AT, crc(frame, 0, HEADER_CRC_AT));
    return new Entry(frame, kind, slot, epoch);
  }

  /** Encodes an entry without commands. */
  public static Entry control(
      EntryKind kind,
      long slot,
      long epoch,
      long nextIndex,
      long timeNanos,
      ChainHash parent,
      byte[] body) {
    byte[] frame = new byte[HEADER_BYTES + body.length];
    System.arraycopy(body, 0, frame, HEADER_BYTES, body.length);
    return seal(frame, kind, slot, epoch, nextIndex, 0, timeNanos, parent);
  }

  /**
   * Reads an entry from its frame; checks the header, not the body.
   *
   * @param frame owned by the entry afterwards
   * @throws CorruptEntry if the header is damaged or the length does not fit
   */
  public static Entry decode(byte[] frame) throws CorruptEntry {
    if (frame.length < HEADER_BYTES) {
      throw new CorruptEntry("entry of " + frame.length + " bytes is shorter than its header");
    }
    EntryKind kind = checkedKind(frame);
    int bodyLength = Bytes.getInt(frame, BODY_LENGTH_AT);
    if (bodyLength != frame.length - HEADER_BYTES) {
      throw new CorruptEntry(
          "entry body has "
              + (frame.length - HEADER_BYTES)
              + " bytes, its header says "
              + bodyLength);
    }
    long slot = Bytes.getLong(frame, SLOT_AT);
    long epoch = Bytes.getLong(frame, EPOCH_AT);
    return new Entry(frame, kind, slot, epoch);
  }

  /** Checks the checksum of a header and what it says of format and kind; returns the kind. */
  static EntryKind checkedKind(byte[] frame) throws CorruptEntry {
    if (Bytes.getInt(frame, HEADER_CRC_AT) != crc(frame, 0, HEADER_CRC_AT)) {
      throw new CorruptEntry("checksum of the entry header does not match");
    }
    if (frame[0] != VERSION) {
      throw new CorruptEntry("entry format " + frame[0] + " is unknown, this release reads 1");
    }
    EntryKind kind = EntryKind.ofNumber(frame[KIND_AT]);
    if (kind == null) {
      throw new CorruptEntry("entry kind " + frame[KIND_AT] + " is unknown");
    }
    return kind;
  }

  /** Checks the body against the header's checksum. */
  public void verifyBody() throws CorruptEntry {
    int found = crc(frame, HEADER_BYTES, frame.length - HEADER_BYTES);
    if (Bytes.getInt(frame, BODY_CRC_AT) != found) {
      throw new CorruptEntry("checksum of the body of slot " + slot + " does not match");
    }
  }

  /** Checks the body's and the header's cryptographic hashes: the whole entry is as sealed. */
  public void verifyHashes() throws CorruptEntry {
    if (!bodyHash(frame).equals(ChainHash.read(frame, BODY_HASH_AT))) {
      throw new CorruptEntry("hash of the body of slot " + slot + " does not match");
    }
    if (!ChainHash.of(frame, 0, HASH_AT).equals(hash())) {
      throw new CorruptEntry("hash of the header of slot " + slot + " does not match");
    }
  }

  /** The encoded entry; do not modify. */
  public byte[] frame() {
    return frame;
  }

  /** What the body is. */
  public EntryKind kind() {
    return kind;
  }

  /** Ordinal in the log, from 1. */
  public long slot() {
    return slot;
  }

  /** Fencing number of the leader that proposed it: Raft term, VR view of origin, S3 epoch. */
  public long epoch() {
    return epoch;
  }

  /** Index of the first command; of the next command to come if there is none. */
  public long firstIndex() {
    return Bytes.getLong(frame, FIRST_INDEX_AT);
  }

  /** Number of commands. */
  public int count() {
    return Bytes.getInt(frame, COUNT_AT);
  }

  /** Index of the last command up to and including this entry. */
  public long lastIndex() {
    return firstIndex() + count() - 1;
  }

  /** Consensus time of the first command; each further command counts one nanosecond more. */
  public long timeNanos() {
    return Bytes.getLong(frame, TIME_AT);
  }

  /** The earliest consensus time that the next entry may carry. */
  public long timeFloorNanos() {
    return timeNanos() + Math.max(1, count());
  }

  /** H(slot − 1). */
  public ChainHash parentHash() {
    return ChainHash.read(frame, PARENT_AT);
  }

  /** H(slot): identifies this entry and all before it. */
  public ChainHash hash() {
    return ChainHash.read(frame, HASH_AT);
  }

  /** Length of the body in bytes. */
  public int bodyBytes() {
    return frame.length - HEADER_BYTES;
  }

  /** Length of the encoded entry in bytes. */
  public int sizeBytes() {
    return frame.length;
  }

  /** A copy of the body. */
  public byte[] body() {
    byte[] body = new byte[bodyBytes()];
    System.arraycopy(frame, HEADER_BYTES, body, 0, body.length);
    return body;
  }

  @Override
  public String toString() {
    return kind + "(slot " + slot + ", epoch " + epoch + ", " + count() + " commands)";
  }

  private static ChainHash bodyHash(byte[] frame) {
    return ChainHash.of(frame, HEADER_BYTES, frame.length - HEADER_BYTES);
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
