// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import io.quorate.core.log.Bytes;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A frame of many calls or many answers, and a cursor over it: written and read in place, without
 * an object for each.
 *
 * <pre>
 * offset  bytes  of each record, after the frame's prefix of 8
 *      0      1  what: see {@link What}
 *      1      1  detail: kind of command, freshness of a read, administrative request, refusal
 *      2      2  bytes of the leader's name at the front of the payload, in a refusal
 *      4      4  length of the payload
 *      8      8  tag, chosen by the client, repeated in the answer
 *     16      8  session | argument of the freshness | index
 *     24      8  sequence | epoch
 *     32      8  acknowledged below
 *     40         payload: command, query, target of a request, result, or name and text
 * </pre>
 *
 * <p>Not safe for several threads.
 */
public final class Records {
  /** Bytes of a record before its payload. */
  public static final int HEADER_BYTES = 40;

  private static final int PREFIX_BYTES = PeerFrameMarshaller.PREFIX_BYTES;

  /** The kinds of records. */
  public static final class What {
    /** A command; detail is the number of its {@link io.quorate.core.log.CommandKind}. */
    public static final int COMMAND = 1;

    /** A read; detail is 1 linearizable, 2 lease, 3 bounded (nanoseconds), 4 local (index). */
    public static final int READ = 2;

    /** An administrative request; detail is 1 transfer of leadership, 2 snapshot. */
    public static final int ADMIN = 3;

    /** An answer with a result. */
    public static final int DONE = 4;

    /** An answer without; detail is the number that {@link RefusalTable} gives. */
    public static final int REFUSED = 5;

    private What() {}
  }

  private byte[] bytes;
  private int length;
  private int count;
  private int at;
  private int next = PREFIX_BYTES;

  /** Starts an empty frame with room for about {@code expectedBytes}. */
  public Records(int expectedBytes) {
    bytes = new byte[PREFIX_BYTES + expectedBytes];
    length = PREFIX_BYTES;
  }

  private Records(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  static Records received(byte[] frame) {
    return new Records(frame, frame.length);
  }

  /** Bytes that a record takes. */
  public static int sizeOf(int payloadBytes) {
    return HEADER_BYTES + payloadBytes;
  }

  /** Appends a record; copies the payload. */
  public void append(
      int what,
      int detail,
      long tag,
      long first,
      long second,
      long third,
      byte[] payload,
      int offset,
      int payloadBytes) {
    int needed = length + HEADER_BYTES + payloadBytes;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
    }
    bytes[length] = (byte) what;
    bytes[length + 1] = (byte) detail;
    bytes[length + 2] = 0;
    bytes[length + 3] = 0;
    Bytes.putInt(bytes, length + 4, payloadBytes);
    Bytes.putLong(bytes, length + 8, tag);
    Bytes.putLong(bytes, length + 16, first);
    Bytes.putLong(bytes, length + 24, second);
    Bytes.putLong(bytes, length + 32, third);
    System.arraycopy(payload, offset, bytes, length + HEADER_BYTES, payloadBytes);
    at = length;
    length = needed;
    count++;
  }

  /** Says how much of the payload just appended is the leader's name; less than 64 KiB. */
  void nameBytes(int nameBytes) {
    bytes[at + 2] = (byte) nameBytes;
    bytes[at + 3] = (byte) (nameBytes >> 8);
  }

  /** Empties the frame to be written anew. */
  public void clear() {
    length = PREFIX_BYTES;
    count = 0;
    rewind();
  }

  /** Number of records appended. */
  public int count() {
    return count;
  }

  /** Length of the frame in bytes. */
  public int length() {
    return length;
  }

  /** Bytes that this frame holds in memory. */
  public int capacity() {
    return bytes.length;
  }

  /** The array that holds the frame, and with it all payloads; valid until the frame changes. */
  public byte[] bytes() {
    return bytes;
  }

  void seal() {
    bytes[0] = PeerFrameMarshaller.TRAFFIC;
    bytes[1] = 0;
    bytes[2] = 0;
    bytes[3] = 0;
    CRC32C crc = new CRC32C();
    crc.update(bytes, PREFIX_BYTES, length - PREFIX_BYTES);
    Bytes.putInt(bytes, PeerFrameMarshaller.CRC_AT, (int) crc.getValue());
  }

  boolean wellFormed() {
    int position = PREFIX_BYTES;
    while (position < length) {
      int payloadBytes = length - position < HEADER_BYTES ? -1 : Bytes.getInt(bytes, position + 4);
      if (payloadBytes < 0 || payloadBytes > length - position - HEADER_BYTES) {
        return false;
      }
      position += HEADER_BYTES + payloadBytes;
    }
    return true;
  }

  /** Moves before the first record. */
  public void rewind() {
    next = PREFIX_BYTES;
  }

  /** Moves to the next record; false when there is none. */
  public boolean advance() {
    if (next >= length) {
      return false;
    }
    at = next;
    next = at + HEADER_BYTES + payloadBytes();
    return true;
  }

  /** One of {@link What}, or something that this release does not know. */
  public int what() {
    return bytes[at];
  }

  /** Depends on {@link #what}. */
  public int detail() {
    return bytes[at + 1];
  }

  /** The client's own number for the call. */
  public long tag() {
    return Bytes.getLong(bytes, at + 8);
  }

  /** Session, argument of the freshness, or index. */
  public long first() {
    return Bytes.getLong(bytes, at + 16);
  }

  /** Sequence or epoch. */
  public long second() {
    return Bytes.getLong(bytes, at + 24);
  }

  /** Acknowledged below. */
  public long third() {
    return Bytes.getLong(bytes, at + 32);
  }

  /** Where the payload begins in {@link #bytes}. */
  public int payloadAt() {
    return at + HEADER_BYTES;
  }

  /** Length of the payload. */
  public int payloadBytes() {
    return Bytes.getInt(bytes, at + 4);
  }

  /** A copy of the payload. */
  public byte[] payload() {
    return Arrays.copyOfRange(bytes, payloadAt(), payloadAt() + payloadBytes());
  }

  int nameBytes() {
    return (bytes[at + 2] & 0xff) | (bytes[at + 3] & 0xff) << 8;
  }
}
