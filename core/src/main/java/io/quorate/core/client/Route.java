// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.api.NodeId;
import io.quorate.core.port.Gateway;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which replica a client takes for the leader. Safe for several threads. */
final class Route {
  private final GatewayDirectory directory;
  private NodeId current;

  Route(GatewayDirectory directory) {
    this.directory = directory;
    this.current = directory.nodes().get(0);
  }

  synchronized NodeId current() {
    return current;
  }

  Gateway gateway(NodeId node) {
    return directory.gateway(node);
  }

  /**
   * Learns that {@code asked} is of no use, and perhaps who is; says whether somebody else is to be
   * asked now.
   */
  synchronized boolean leave(NodeId asked, @Nullable NodeId hint) {
    if (!asked.equals(current)) {
      return true; // another call has learnt it before
    }
    List<NodeId> nodes = directory.nodes();
    if (hint != null && !hint.equals(asked) && nodes.contains(hint)) {
      current = hint;
      return true;
    }
    current = nodes.get((nodes.indexOf(asked) + 1) % nodes.size());
    return false;
  }
}
