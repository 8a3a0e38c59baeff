// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands in front of every object: what it is, whose, and where it belongs.
 *
 * <pre>
 * offset  bytes
 *      0      4  "Qs3o"
 *      4      1  format version (1)
 *      5      1  kind
 *      6      2  zero
 *      8     16  group
 *     24      8  epoch
 *     32      8  slot; of the root: its version
 *     40     16  incarnation of the writer
 *     56      4  part of a snapshot, from 0; otherwise zero
 *     60      4  length of the body
 *     64      4  CRC32C of the body
 *     68      4  CRC32C of bytes 0..67
 *     72         body
 * </pre>
 *
 * @param group drawn when the group's root was created
 * @param writer incarnation of the replica that wrote the object
 */
public record Envelope(Kind kind, UUID group, long epoch, long slot, int part, UUID writer) {
  /** Bytes before the body. */
  public static final int BYTES = 72;

  private static final int MAGIC = 'Q' | 's' << 8 | '3' << 16 | 'o' << 24;
  private static final int FORMAT = 1;
  private static final int FORMAT_AT = 4;
  private static final int KIND_AT = 5;
  private static final int GROUP_AT = 8;
  private static final int EPOCH_AT = 24;
  private static final int SLOT_AT = 32;
  private static final int WRITER_AT = 40;
  private static final int PART_AT = 56;
  private static final int BODY_LENGTH_AT = 60;
  private static final int BODY_CRC_AT = 64;
  private static final int HEADER_CRC_AT = 68;

  /** What an object is. The numbers are part of the format. */
  public enum Kind {
    /** The group's root. */
    ROOT(1),
    /** An entry of the log. */
    DATA(2),
    /** Stands where the next entry of an ended epoch would be. */
    SEAL(3),
    /** Describes a snapshot. */
    MANIFEST(4),
    /** Bytes of a snapshot. */
    PART(5);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    private static @Nullable Kind ofNumber(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return null;
    }
  }

  /** The object: this envelope, then the body. */
  public byte[] wrap(byte[] body) {
    Check.that(slot >= 0 && epoch >= 0, "slot %s, epoch %s", slot, epoch);
    byte[] object = new byte[BYTES + body.length];
    System.arraycopy(body, 0, object, BYTES, body.length);
    Bytes.putInt(object, 0, MAGIC);
    object[FORMAT_AT] = FORMAT;
    object[KIND_AT] = (byte) kind.number;
    putUuid(object, GROUP_AT, group);
    Bytes.putLong(object, EPOCH_AT, epoch);
    Bytes.putLong(object, SLOT_AT, slot);
    putUuid(object, WRITER_AT, writer);
    Bytes.putInt(object, PART_AT, part);
    Bytes.putInt(object, BODY_LENGTH_AT, body.length);
    Bytes.putInt(object, BODY_CRC_AT, crc(object, BYTES, body.length));
    Bytes.putInt(object, HEADER_CRC_AT, crc(object, 0, HEADER_CRC_AT));
    return object;
  }

  /**
   * Reads the envelope of a whole object and checks both sums.
   *
   * @throws CorruptObject if this is no object of ours, or a damaged one
   */
  public static Envelope of(String key, byte[] object) throws CorruptObject {
    if (object.length < BYTES) {
      throw new CorruptObject(
          key, "it has " + object.length + " bytes, which is less than an envelope");
    }
    if (Bytes.getInt(object, 0) != MAGIC) {
      throw new CorruptObject(key, "it does not begin like an object of Quorate");
    }
    if (Bytes.getInt(object, HEADER_CRC_AT) != crc(object, 0, HEADER_CRC_AT)) {
      throw new CorruptObject(key, "the checksum of its envelope does not match");
    }
    if (object[FORMAT_AT] != FORMAT) {
      throw new CorruptObject(
          key, "its format is " + object[FORMAT_AT] + ", this release reads " + FORMAT);
    }
    Kind kind = Kind.ofNumber(object[KIND_AT]);
    if (kind == null) {
      throw new CorruptObject(key, "its kind is " + object[KIND_AT] + ", which is unknown");
    }
    int body = object.length - BYTES;
    if (Bytes.getInt(object, BODY_LENGTH_AT) != body) {
      throw new CorruptObject(
          key,
          "its body has "
              + body
              + " bytes, its envelope says "
              + Bytes.getInt(object, BODY_LENGTH_AT));
    }
    if (Bytes.getInt(object, BODY_CRC_AT) != crc(object, BYTES, body)) {
      throw new CorruptObject(key, "the checksum of its body does not match");
    }
    return new Envelope(
        kind,
        uuid(object, GROUP_AT),
        Bytes.getLong(object, EPOCH_AT),
        Bytes.getLong(object, SLOT_AT),
        Bytes.getInt(object, PART_AT),
        uuid(object, WRITER_AT));
  }

  /** What stands behind the envelope of an object. */
  static byte[] body(byte[] object) {
    return Arrays.copyOfRange(object, BYTES, object.length);
  }

  /**
   * Refuses an object that is sound, but belongs elsewhere.
   *
   * @throws CorruptObject naming what differs
   */
  void expect(String key, UUID group, long epoch, long slot, int part) throws CorruptObject {
    if (!this.group.equals(group)) {
      throw new CorruptObject(key, "it is of group " + this.group + ", not of " + group);
    }
    if (this.epoch != epoch || this.slot != slot || this.part != part) {
      throw new CorruptObject(
          key,
          String.format(
              "it was written for epoch %d, slot %d, part %d", this.epoch, this.slot, this.part));
    }
  }

  private static void putUuid(byte[] bytes, int at, UUID value) {
    Bytes.putLong(bytes, at, value.getMostSignificantBits());
    Bytes.putLong(bytes, at + Long.BYTES, value.getLeastSignificantBits());
  }

  private static UUID uuid(byte[] bytes, int at) {
    return new UUID(Bytes.getLong(bytes, at), Bytes.getLong(bytes, at + Long.BYTES));
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
