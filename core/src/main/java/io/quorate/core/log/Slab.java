// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import io.quorate.core.check.Check;
import java.util.Arrays;

/**
 * The commands of one entry, one after the other; encoded where they are admitted and read where
 * they are applied, with nothing in between.
 *
 * <pre>
 * offset  bytes  of each record
 *      0      1  kind
 *      4      4  length of the payload
 *      8      8  session, 0 if none
 *     16      8  sequence number within the session, from 1; 0 if none
 *     24      8  acknowledged below: results of lower sequence numbers are no longer needed
 *     32         payload
 * </pre>
 */
public final class Slab {
  /** Bytes of a record before its payload. */
  public static final int RECORD_HEADER_BYTES = 32;

  private Slab() {}

  /** Appends records behind the room for an entry's header. Not safe for several threads. */
  public static final class Writer {
    private byte[] bytes;
    private int length = Entry.HEADER_BYTES;
    private int count;

    /** Starts an empty slab with room for about {@code expectedBytes} of records. */
    public Writer(int expectedBytes) {
      bytes = new byte[Entry.HEADER_BYTES + expectedBytes];
    }

    /** Appends one record; copies the payload. */
    public void append(
        CommandKind kind,
        long session,
        long sequence,
        long acknowledgedBelow,
        byte[] payload,
        int offset,
        int payloadBytes) {
      int needed = length + RECORD_HEADER_BYTES + payloadBytes;
      if (needed > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
      }
      bytes[length] = (byte) kind.number();
      Bytes.putInt(bytes, length + 4, payloadBytes);
      Bytes.putLong(bytes, length + 8, session);
      Bytes.putLong(bytes, length + 16, sequence);
      Bytes.putLong(bytes, length + 24, acknowledgedBelow);
      System.arraycopy(payload, offset, bytes, length + RECORD_HEADER_BYTES, payloadBytes);
      length = needed;
      count++;
    }

    /** Number of records so far. */
    public int count() {
      return count;
    }

    /** Bytes of records so far. */
    public int sizeBytes() {
      return length - Entry.HEADER_BYTES;
    }

    /** The finished slab with room for the header in front; the writer must not be used again. */
    public byte[] frame() {
      return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
  }

  /** Walks over the records of an entry without creating an object for each. */
  public static final class Cursor {
    private byte[] bytes = {};
    private int next;
    private int at;

    /** Moves before the first record of an entry whose body was verified. */
    public Cursor reset(Entry entry) {
      Check.that(entry.kind() == EntryKind.COMMANDS, "entry at slot %s has no slab", entry.slot());
      bytes = entry.frame();
      next = Entry.HEADER_BYTES;
      return this;
    }

    /** Moves to the next record; false when there is none. */
    public boolean advance() {
      if (next == bytes.length) {
        return false;
      }
      at = next;
      Check.that(at + RECORD_HEADER_BYTES <= bytes.length, "record header beyond the slab");
      int room = bytes.length - at - RECORD_HEADER_BYTES;
      int length = payloadBytes();
      // Not by comparing the sum: it may overflow.
      Check.that(length >= 0 && length <= room, "record of %s bytes beyond the slab", length);
      next = at + RECORD_HEADER_BYTES + length;
      return true;
    }

    /** What the record asks for. */
    public CommandKind kind() {
      return CommandKind.ofNumber(bytes[at]);
    }

    /** Session of the record, 0 if none. */
    public long session() {
      return Bytes.getLong(bytes, at + 8);
    }

    /** Sequence number within the session, 0 if none. */
    public long sequence() {
      return Bytes.getLong(bytes, at + 16);
    }

    /** Results of lower sequence numbers are no longer needed by the client. */
    public long acknowledgedBelow() {
      return Bytes.getLong(bytes, at + 24);
    }

    /** Length of the payload in bytes. */
    public int payloadBytes() {
      return Bytes.getInt(bytes, at + 4);
    }

    /** A copy of the payload. */
    public byte[] payload() {
      int from = at + RECORD_HEADER_BYTES;
      return Arrays.copyOfRange(bytes, from, from + payloadBytes());
    }
  }
}
