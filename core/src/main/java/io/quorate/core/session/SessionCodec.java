// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.core.log.Bytes;
import io.quorate.core.session.Window.Kept;
import java.util.Arrays;

/**
 * Bytes of one session.
 *
 * <pre>
 * offset  bytes
 *      0      8  id: index of the command that opened it
 *      8      8  epoch of that command
 *     16     16  nonce
 *     32      8  nanoseconds of silence after which it may expire
 *     40      8  consensus time of the last sign of life
 *     48      8  acknowledged below
 *     56      8  highest sequence number executed
 *     64      4  order, see {@link OpenSession}
 *     68      4  number of commands remembered
 *     72         those, ascending, each:
 *      0      8    sequence number
 *      8      8    index
 *     16      8    epoch
 *     24      4    1 = result, 2 = failure, 3 = executed, result dropped
 *     28      4    length of the result or of the failure's text
 *     32           that
 * </pre>
 */
final class SessionCodec {
  private static final int HEADER_BYTES = 72;
  private static final int ENTRY_BYTES = 32;

  private SessionCodec() {}

  /**
   * Encodes a session.
   *
   * @param withTexts false leaves out the texts of failures, which may differ between JVMs
   */
  static byte[] encode(Session session, boolean withTexts) {
    Window window = session.window;
    int count = 0;
    int length = HEADER_BYTES;
    for (long s = window.acknowledgedBelow(); s <= window.highest(); s++) {
      if (window.kept(s) != Kept.NOTHING) {
        count++;
        length += ENTRY_BYTES + resultOf(window, s, withTexts).length;
      }
    }
    byte[] bytes = new byte[length];
    Bytes.putLong(bytes, 0, session.id);
    Bytes.putLong(bytes, 8, session.openedEpoch);
    Bytes.putLong(bytes, 16, session.nonce.high());
    Bytes.putLong(bytes, 24, session.nonce.low());
    Bytes.putLong(bytes, 32, session.ttlNanos);
    Bytes.putLong(bytes, 40, session.lastActiveNanos);
    Bytes.putLong(bytes, 48, window.acknowledgedBelow());
    Bytes.putLong(bytes, 56, window.highest());
    Bytes.putInt(bytes, 64, OpenSession.orderNumber(session.order));
    Bytes.putInt(bytes, 68, count);
    int at = HEADER_BYTES;
    for (long s = window.acknowledgedBelow(); s <= window.highest(); s++) {
      if (window.kept(s) != Kept.NOTHING) {
        byte[] result = resultOf(window, s, withTexts);
        Bytes.putLong(bytes, at, s);
        Bytes.putLong(bytes, at + 8, window.index(s));
        Bytes.putLong(bytes, at + 16, window.epoch(s));
        Bytes.putInt(bytes, at + 24, window.kept(s).number());
        Bytes.putInt(bytes, at + 28, result.length);
        System.arraycopy(result, 0, bytes, at + ENTRY_BYTES, result.length);
        at += ENTRY_BYTES + result.length;
      }
    }
    return bytes;
  }

  /** Decodes a session; throws {@link IllegalArgumentException} on anything malformed. */
  static Session decode(byte[] bytes, int generation) {
    require(bytes.length >= HEADER_BYTES, "it is shorter than its header");
    long acknowledgedBelow = Bytes.getLong(bytes, 48);
    long highest = Bytes.getLong(bytes, 56);
    require(acknowledgedBelow >= 1 && highest >= 0, "its window is negative");
    require(highest - acknowledgedBelow < 1 << 30, "its window is too wide");
    long id = Bytes.getLong(bytes, 0);
    require(id >= 1, "its id is " + id);
    Window window = new Window(acknowledgedBelow, Math.min(highest, acknowledgedBelow - 1));
    int at = HEADER_BYTES;
    long before = acknowledgedBelow - 1;
    for (int i = Bytes.getInt(bytes, 68); i > 0; i--) {
      require(bytes.length - at >= ENTRY_BYTES, "a remembered command is cut off");
      long sequence = Bytes.getLong(bytes, at);
      require(sequence > before && sequence <= highest, "sequence numbers are out of order");
      int length = Bytes.getInt(bytes, at + 28);
      int from = at + ENTRY_BYTES;
      require(length >= 0 && length <= bytes.length - from, "a result is cut off");
      window.put(
          sequence,
          keptOf(Bytes.getInt(bytes, at + 24)),
          Bytes.getLong(bytes, at + 8),
          Bytes.getLong(bytes, at + 16),
          Arrays.copyOfRange(bytes, from, from + length),
          Long.MAX_VALUE);
      before = sequence;
      at = from + length;
    }
    require(at == bytes.length, "bytes follow its end");
    require(window.highest() == highest, "its highest command is missing");
    return new Session(
        id,
        Bytes.getLong(bytes, 8),
        new Nonce(Bytes.getLong(bytes, 16), Bytes.getLong(bytes, 24)),
        OpenSession.orderOf(Bytes.getInt(bytes, 64)),
        Bytes.getLong(bytes, 32),
        Bytes.getLong(bytes, 40),
        window,
        generation);
  }

  private static byte[] resultOf(Window window, long sequence, boolean withTexts) {
    boolean empty = !withTexts && window.kept(sequence) == Kept.FAILURE;
    return empty ? new byte[0] : window.result(sequence);
  }

  private static Kept keptOf(int number) {
    return switch (number) {
      case 1 -> Kept.RESULT;
      case 2 -> Kept.FAILURE;
      case 3 -> Kept.FACT;
      default -> throw new IllegalArgumentException("remembered command of kind " + number);
    };
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("encoded session is malformed: " + what);
    }
  }
}
