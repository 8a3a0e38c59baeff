// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.api.SessionOptions;
import io.quorate.core.log.Bytes;
import java.util.Arrays;

/**
 * Payload of {@link io.quorate.core.log.CommandKind#OPEN_SESSION}.
 *
 * <pre>
 * offset  bytes
 *      0      1  format version (1)
 *      1      1  order: 1 = of submission, 2 = none
 *      2      6  zero
 *      8     16  nonce
 *     24      8  nanoseconds of silence after which the session expires
 * </pre>
 *
 * @param nonce drawn by the client, once for all attempts to open this session
 * @param order order in which the session's commands take effect
 * @param ttlNanos consensus time without a sign of life after which the session may expire;
 *     positive
 */
public record OpenSession(Nonce nonce, SessionOptions.Order order, long ttlNanos) {
  /** Length of the payload. */
  public static final int BYTES = 32;

  private static final int VERSION = 1;
  private static final int TTL_AT = 24;
  private static final int RESULT_BYTES = 2 * Long.BYTES;

  /** Refuses a session that could never live. */
  public OpenSession {
    if (ttlNanos <= 0) {
      throw new IllegalArgumentException(
          "session expiry must be positive, was " + ttlNanos + " ns");
    }
  }

  /**
   * What a session became.
   *
   * @param session its id
   * @param ttlNanos silence that it survives, chosen by the client or by the group
   */
  public record Opened(long session, long ttlNanos) {}

  /**
   * The request of a client that wants a session with these options. One that leaves the expiry to
   * the group has 0 in its place, which the leader's door replaces before it is logged.
   */
  public static byte[] request(Nonce nonce, SessionOptions options) {
    return encode(nonce, options.order(), options.expireAfter().toNanos());
  }

  /** Whether a client's request leaves the expiry to the group. */
  public static boolean leavesExpiryOpen(byte[] payload, int offset, int payloadBytes) {
    return payloadBytes == BYTES && Bytes.getLong(payload, offset + TTL_AT) == 0;
  }

  /** A copy of a client's request, with the expiry that the group chose. */
  public static byte[] withExpiry(byte[] payload, int offset, long ttlNanos) {
    byte[] decided = Arrays.copyOfRange(payload, offset, offset + BYTES);
    Bytes.putLong(decided, TTL_AT, ttlNanos);
    return decided;
  }

  /** Encodes the payload. */
  public byte[] encode() {
    return encode(nonce, order, ttlNanos);
  }

  private static byte[] encode(Nonce nonce, SessionOptions.Order order, long ttlNanos) {
    byte[] payload = new byte[BYTES];
    payload[0] = VERSION;
    payload[1] = (byte) orderNumber(order);
    Bytes.putLong(payload, 8, nonce.high());
    Bytes.putLong(payload, 16, nonce.low());
    Bytes.putLong(payload, TTL_AT, ttlNanos);
    return payload;
  }

  /** Decodes a payload; throws {@link IllegalArgumentException} on anything malformed. */
  public static OpenSession decode(byte[] payload) {
    if (payload.length != BYTES) {
      throw new IllegalArgumentException(
          "opening of a session has " + payload.length + " bytes, not " + BYTES);
    }
    if (payload[0] != VERSION) {
      throw new IllegalArgumentException(
          "opening of a session has format " + payload[0] + ", this release reads " + VERSION);
    }
    return new OpenSession(
        new Nonce(Bytes.getLong(payload, 8), Bytes.getLong(payload, 16)),
        orderOf(payload[1]),
        Bytes.getLong(payload, TTL_AT));
  }

  /** What the result of an opening command holds. */
  public static Opened decodeResult(byte[] result) {
    if (result.length != RESULT_BYTES) {
      throw new IllegalArgumentException(
          "result of an opening has " + result.length + " bytes, not " + RESULT_BYTES);
    }
    return new Opened(Bytes.getLong(result, 0), Bytes.getLong(result, Long.BYTES));
  }

  /** Result of an opening command: the session id, and the silence that it survives. */
  public static byte[] encodeResult(long session, long ttlNanos) {
    byte[] result = new byte[RESULT_BYTES];
    Bytes.putLong(result, 0, session);
    Bytes.putLong(result, Long.BYTES, ttlNanos);
    return result;
  }

  static int orderNumber(SessionOptions.Order order) {
    return switch (order) {
      case SUBMISSION -> 1;
      case NONE -> 2;
    };
  }

  static SessionOptions.Order orderOf(int number) {
    return switch (number) {
      case 1 -> SessionOptions.Order.SUBMISSION;
      case 2 -> SessionOptions.Order.NONE;
      default -> throw new IllegalArgumentException("session order " + number + " is unknown");
    };
  }
}
