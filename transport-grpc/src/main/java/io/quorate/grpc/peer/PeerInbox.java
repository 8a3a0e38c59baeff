// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.core.port.Transport.Listener;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.grpc.codec.PeerFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes what arrives and hands it to the replica, on the event loop that received it. */
final class PeerInbox {
  private static final Logger log = LoggerFactory.getLogger(PeerInbox.class);

  private final MessageCodec codec;
  private final TransportStats stats;
  private volatile @Nullable Listener listener;

  PeerInbox(MessageCodec codec, TransportStats stats) {
    this.codec = codec;
    this.stats = stats;
  }

  void open(Listener to) {
    listener = to;
  }

  void close() {
    listener = null;
  }

  boolean isOpen() {
    return listener != null;
  }

  void deliver(NodeId from, PeerFrame.Messages frame) {
    Listener to = listener;
    if (to == null) {
      return;
    }
    stats.framesReceived.increment();
    for (WireMessage wire : frame.messages()) {
      stats.bytesReceived.add(wire.sizeBytes());
      ProtocolMessage message;
      try {
        message = codec.decode(wire);
      } catch (MalformedMessage e) {
        stats.malformed.increment();
        log.debug("dropped a message of {}: {}", from, e.getMessage());
        continue;
      }
      stats.messagesReceived.increment();
      to.onMessage(from, message);
    }
    to.flush();
  }
}
