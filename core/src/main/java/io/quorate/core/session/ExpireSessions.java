// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.core.log.Bytes;

/**
 * Payload of {@link io.quorate.core.log.CommandKind#EXPIRE_SESSIONS}: 8 bytes of consensus time.
 * Sessions whose time is over at that instant end, unless a sign of life came before this command.
 * The result is the number of sessions that ended, in 8 bytes.
 */
public final class ExpireSessions {
  private ExpireSessions() {}

  /** Encodes the payload. */
  public static byte[] encode(long cutoffNanos) {
    byte[] payload = new byte[Long.BYTES];
    Bytes.putLong(payload, 0, cutoffNanos);
    return payload;
  }

  /** Decodes a payload; throws {@link IllegalArgumentException} on anything malformed. */
  public static long decode(byte[] payload) {
    if (payload.length != Long.BYTES) {
      throw new IllegalArgumentException(
          "expiry has " + payload.length + " bytes, not " + Long.BYTES);
    }
    return Bytes.getLong(payload, 0);
  }
}
