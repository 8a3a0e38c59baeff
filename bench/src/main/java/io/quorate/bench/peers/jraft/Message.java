// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import java.io.Serial;
import java.io.Serializable;
import java.util.Arrays;

/**
 * A call or its answer on the wire: one byte that says what it is, and the bytes of the command,
 * the query or the answer.
 */
final class Message implements Serializable {
  @Serial private static final long serialVersionUID = 1L;

  /** A command. */
  static final byte WRITE = 1;

  /** A query to be answered from the state that includes every acknowledged command. */
  static final byte READ = 2;

  /** The state machine's answer. */
  static final byte ANSWER = 3;

  /** Not done: another replica leads; the body is its address, empty if it is not known. */
  static final byte NOT_LEADER = 4;

  /** Not done, and will not be: too much to do. */
  static final byte BUSY = 5;

  /** Nobody knows whether it was done or will be; the body says why. */
  static final byte UNCLEAR = 6;

  private final byte kind;
  private final byte[] body;

  Message(byte kind, byte[] body) {
    this.kind = kind;
    this.body = body;
  }

  byte kind() {
    return kind;
  }

  byte[] body() {
    return body;
  }

  byte[] encode() {
    byte[] bytes = new byte[1 + body.length];
    bytes[0] = kind;
    System.arraycopy(body, 0, bytes, 1, body.length);
    return bytes;
  }

  static Message decode(byte[] bytes) {
    return new Message(bytes[0], Arrays.copyOfRange(bytes, 1, bytes.length));
  }
}
