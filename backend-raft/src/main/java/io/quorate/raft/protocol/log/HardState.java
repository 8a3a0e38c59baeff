// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.log;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Term and vote (Figure 2).
 *
 * <pre>
 * encoded: 1 byte format (1), 8 bytes term, 1 byte length and UTF-8 of the vote, 4 bytes CRC32C
 * </pre>
 *
 * @param votedFor who got this replica's vote in {@code term}; null if nobody did
 */
public record HardState(long term, @Nullable NodeId votedFor) {
  private static final String STOPPED =
      "keep this replica stopped, and see 'A replica whose files are lost or damaged' in"
          + " docs/operating.md";
  private static final byte FORMAT = 1;
  private static final int NAME_AT = 10;

  /** What a replica has before its first write. */
  public static final HardState NONE = new HardState(0, null);

  /** The bytes of this record. */
  public byte[] encode() {
    NodeId vote = votedFor;
    byte[] name = vote == null ? new byte[0] : vote.value().getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[NAME_AT + name.length + Integer.BYTES];
    bytes[0] = FORMAT;
    Bytes.putLong(bytes, 1, term);
    bytes[NAME_AT - 1] = (byte) name.length;
    System.arraycopy(name, 0, bytes, NAME_AT, name.length);
    Bytes.putInt(bytes, NAME_AT + name.length, crc(bytes));
    return bytes;
  }

  /** Reads what {@link #encode} wrote; a record that is not whole halts the replica. */
  public static HardState decode(byte[] bytes) {
    Check.that(
        bytes.length >= NAME_AT + Integer.BYTES && bytes[0] == FORMAT,
        "term and vote are of an unknown format: " + STOPPED);
    int length = bytes[NAME_AT - 1];
    Check.that(
        bytes.length == NAME_AT + length + Integer.BYTES
            && Bytes.getInt(bytes, bytes.length - Integer.BYTES) == crc(bytes),
        "term and vote are damaged: " + STOPPED);
    NodeId vote =
        length == 0 ? null : NodeId.of(new String(bytes, NAME_AT, length, StandardCharsets.UTF_8));
    return new HardState(Bytes.getLong(bytes, 1), vote);
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
