// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

/** One gRPC message between a client and a replica. */
public sealed interface CallFrame {

  /**
   * First in each direction: {@code ClientHello} or {@code ServerHello}, encoded.
   *
   * @param message not copied, do not modify
   */
  record Hello(byte[] message) implements CallFrame {}

  /** Calls on the way to the replica, answers on the way back. */
  record Traffic(Records records) implements CallFrame {}

  /**
   * What arrived is not a frame; the stream cannot be trusted any further.
   *
   * @param reason for people
   */
  record Malformed(String reason) implements CallFrame {}
}
