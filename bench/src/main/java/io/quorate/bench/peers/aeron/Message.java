// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.aeron;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * How calls and answers are written: the number of the call, 8 bytes, by which its answer is known;
 * in calls a byte with the kind; the body.
 */
final class Message {
  static final byte COMMAND = 1;

  /** Goes through the log as well, and changes nothing. */
  static final byte QUERY = 2;

  private static final int CALL_HEADER_BYTES = 9;
  private static final int ANSWER_HEADER_BYTES = 8;

  private Message() {}

  /** Writes a call at the beginning of the buffer; returns its length. */
  static int call(MutableDirectBuffer buffer, long number, byte kind, byte[] body) {
    buffer.putLong(0, number);
    buffer.putByte(Long.BYTES, kind);
    buffer.putBytes(CALL_HEADER_BYTES, body);
    return CALL_HEADER_BYTES + body.length;
  }

  /** Writes an answer at the beginning of the buffer; returns its length. */
  static int answer(MutableDirectBuffer buffer, long number, byte[] body) {
    buffer.putLong(0, number);
    buffer.putBytes(ANSWER_HEADER_BYTES, body);
    return ANSWER_HEADER_BYTES + body.length;
  }

  static long number(DirectBuffer buffer, int offset) {
    return buffer.getLong(offset);
  }

  static byte kind(DirectBuffer buffer, int offset) {
    return buffer.getByte(offset + Long.BYTES);
  }

  static byte[] bodyOfCall(DirectBuffer buffer, int offset, int length) {
    return body(buffer, offset, length, CALL_HEADER_BYTES);
  }

  static byte[] bodyOfAnswer(DirectBuffer buffer, int offset, int length) {
    return body(buffer, offset, length, ANSWER_HEADER_BYTES);
  }

  private static byte[] body(DirectBuffer buffer, int offset, int length, int header) {
    byte[] body = new byte[length - header];
    buffer.getBytes(offset + header, body);
    return body;
  }
}
