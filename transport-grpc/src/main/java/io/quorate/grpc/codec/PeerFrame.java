// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.grpc.proto.PeerHello;
import java.util.List;

/** One gRPC message between two replicas. */
public sealed interface PeerFrame {

  /** First in each direction: who is there. */
  record Hello(PeerHello hello) implements PeerFrame {}

  /** Messages of the protocol, in the order in which they were sent. */
  record Messages(List<WireMessage> messages) implements PeerFrame {}

  /**
   * What arrived is not a frame; the stream cannot be trusted any further.
   *
   * @param reason for people
   */
  record Malformed(String reason) implements PeerFrame {}
}
