// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.NodeId;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.ProtocolMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the messages of one turn for each replica, so that they travel together. Confined. */
final class PeerSender {
  private final Transport transport;
  private final List<NodeId> peers;
  private final ConsensusMetrics metrics;
  private final @Nullable List<ProtocolMessage>[] gathered;

  @SuppressWarnings({"unchecked", "rawtypes"})
  PeerSender(Transport transport, List<NodeId> peers, ConsensusMetrics metrics) {
    this.transport = transport;
    this.peers = List.copyOf(peers);
    this.metrics = metrics;
    this.gathered = new @Nullable List[peers.size()];
  }

  void gather(Outgoing message) {
    int peer = peers.indexOf(message.to());
    if (peer < 0) {
      return; // a replica that this configuration does not know: as good as lost on the way
    }
    List<ProtocolMessage> messages = gathered[peer];
    if (messages == null) {
      messages = new ArrayList<>(4);
      gathered[peer] = messages;
    }
    messages.add(message.message());
  }

  void gather(List<Outgoing> messages) {
    for (Outgoing message : messages) {
      gather(message);
    }
  }

  void flush() {
    for (int peer = 0; peer < gathered.length; peer++) {
      List<ProtocolMessage> messages = gathered[peer];
      if (messages != null) {
        gathered[peer] = null;
        metrics.messagesSent().add(messages.size());
        transport.send(peers.get(peer), messages);
      }
    }
  }
}
