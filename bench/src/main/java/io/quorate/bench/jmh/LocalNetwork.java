// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.ProtocolMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network in one process: messages arrive on the sender's thread, at once, but pass through the
 * codec as they would on a real one. The bytes of entries are not copied. Safe for several threads.
 */
final class LocalNetwork {
  private final MessageCodec codec;
  private final Map<NodeId, Transport.Listener> listeners = new ConcurrentHashMap<>();

  /** A network without members. */
  LocalNetwork(MessageCodec codec) {
    this.codec = codec;
  }

  /** The transport of one replica. */
  Transport of(NodeId self) {
    return new Port(self);
  }

  private final class Port implements Transport {
    private final NodeId self;

    Port(NodeId self) {
      this.self = self;
    }

    @Override
    public void start(Listener listener) {
      listeners.put(self, listener);
    }

    @Override
    public void send(NodeId to, List<ProtocolMessage> messages) {
      Listener listener = listeners.get(to);
      if (listener == null) {
        return; // not started yet, or closed: as good as lost
      }
      for (int i = 0; i < messages.size(); i++) {
        listener.onMessage(self, travelled(messages.get(i)));
      }
      listener.flush();
    }

    @Override
    public void close() {
      listeners.remove(self);
    }
  }

  private ProtocolMessage travelled(ProtocolMessage message) {
    try {
      return codec.decode(codec.encode(message));
    } catch (MalformedMessage e) {
      throw new IllegalStateException("the codec does not read what it wrote: " + message, e);
    }
  }
}
