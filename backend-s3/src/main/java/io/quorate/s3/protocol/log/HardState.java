// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.log;

import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * All that an S3 replica keeps on its own disk besides snapshots: the newest root that it has seen,
 * so that a bucket which was restored from a copy, or is another group's, is refused by name. A
 * replica may lose it and is still right.
 *
 * <pre>
 * encoded: 1 byte format (1), 16 bytes group, 8 bytes version, 16 bytes nonce, 8 bytes epoch,
 *          4 bytes CRC32C
 * </pre>
 *
 * @param version 0 if none was seen
 */
public record HardState(UUID group, long version, UUID nonce, long epoch) {
  private static final byte FORMAT = 1;
  private static final int GROUP_AT = 1;
  private static final int VERSION_AT = 17;
  private static final int NONCE_AT = 25;
  private static final int EPOCH_AT = 41;
  private static final int CRC_AT = 49;

  /** What a replica has before it has seen a root. */
  public static final HardState NONE = new HardState(new UUID(0, 0), 0, new UUID(0, 0), 0);

  /** The bytes of this record. */
  public byte[] encode() {
    byte[] bytes = new byte[CRC_AT + Integer.BYTES];
    bytes[0] = FORMAT;
    put(bytes, GROUP_AT, group);
    Bytes.putLong(bytes, VERSION_AT, version);
    put(bytes, NONCE_AT, nonce);
    Bytes.putLong(bytes, EPOCH_AT, epoch);
    Bytes.putInt(bytes, CRC_AT, crc(bytes));
    return bytes;
  }

  /** Reads what {@link #encode} wrote; a record that is not whole halts the replica. */
  public static HardState decode(byte[] bytes) {
    Check.that(
        bytes.length == CRC_AT + Integer.BYTES
            && bytes[0] == FORMAT
            && Bytes.getInt(bytes, CRC_AT) == crc(bytes),
        "what this replica remembers of its root is damaged: remove its data directory, the log is"
            + " in the bucket");
    return new HardState(
        get(bytes, GROUP_AT),
        Bytes.getLong(bytes, VERSION_AT),
        get(bytes, NONCE_AT),
        Bytes.getLong(bytes, EPOCH_AT));
  }

  private static void put(byte[] bytes, int at, UUID value) {
    Bytes.putLong(bytes, at, value.getMostSignificantBits());
    Bytes.putLong(bytes, at + Long.BYTES, value.getLeastSignificantBits());
  }

  private static UUID get(byte[] bytes, int at) {
    return new UUID(Bytes.getLong(bytes, at), Bytes.getLong(bytes, at + Long.BYTES));
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC_AT);
    return (int) crc.getValue();
  }
}
