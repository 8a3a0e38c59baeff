// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.core.log.Bytes;

/**
 * Payload of {@link io.quorate.core.log.CommandKind#KEEP_ALIVE}: session ids of 8 bytes each. Its
 * result has the same form and names those among them that the group does not know (any more).
 */
public final class KeepAlive {
  private KeepAlive() {}

  /** Encodes the first {@code count} ids. */
  public static byte[] encode(long[] sessions, int count) {
    byte[] payload = new byte[count * Long.BYTES];
    for (int i = 0; i < count; i++) {
      Bytes.putLong(payload, i * Long.BYTES, sessions[i]);
    }
    return payload;
  }

  /** Decodes ids; throws {@link IllegalArgumentException} on anything malformed. */
  public static long[] decode(byte[] payload) {
    if (payload.length % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "list of session ids has " + payload.length + " bytes, not a multiple of " + Long.BYTES);
    }
    long[] sessions = new long[payload.length / Long.BYTES];
    for (int i = 0; i < sessions.length; i++) {
      sessions[i] = Bytes.getLong(payload, i * Long.BYTES);
    }
    return sessions;
  }
}
