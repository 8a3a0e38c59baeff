// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.core.log.Bytes;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A state machine's digest after a slot; also the payload of {@link
 * io.quorate.core.log.CommandKind#DIGEST}: 8 bytes of slot, 4 of version, then the digest.
 *
 * @param version of the state machine: only digests of the same version can be compared, so that
 *     the way in which they are made can change with a release
 * @param digest 1 to {@link #BYTES_MAX} bytes; do not modify
 */
public record StateDigest(long slot, int version, byte[] digest) {
  /** Slots between two digests. All replicas must take them at the same slots to compare any. */
  public static final long EVERY_SLOTS = 256;

  /** Longest digest. */
  public static final int BYTES_MAX = 64;

  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

  /** Refuses what no state machine may offer. */
  public StateDigest {
    if (digest.length < 1 || digest.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "a digest must have 1 to " + BYTES_MAX + " bytes, has " + digest.length);
    }
  }

  /** Encodes the payload. */
  public byte[] encode() {
    byte[] payload = new byte[HEADER_BYTES + digest.length];
    Bytes.putLong(payload, 0, slot);
    Bytes.putInt(payload, Long.BYTES, version);
    System.arraycopy(digest, 0, payload, HEADER_BYTES, digest.length);
    return payload;
  }

  /** Decodes a payload; throws {@link IllegalArgumentException} on anything malformed. */
  public static StateDigest decode(byte[] payload) {
    if (payload.length < HEADER_BYTES) {
      throw new IllegalArgumentException("digest of a state has " + payload.length + " bytes");
    }
    return new StateDigest(
        Bytes.getLong(payload, 0),
        Bytes.getInt(payload, Long.BYTES),
        Arrays.copyOfRange(payload, HEADER_BYTES, payload.length));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateDigest that
        && slot == that.slot
        && version == that.version
        && Arrays.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return (Long.hashCode(slot) * 31 + version) * 31 + Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest) + " after slot " + slot;
  }
}
