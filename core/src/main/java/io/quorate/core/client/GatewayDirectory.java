// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.api.NodeId;
import io.quorate.core.port.Gateway;
import java.util.List;

/** Where the replicas of one group are. Safe for several threads. */
public interface GatewayDirectory extends AutoCloseable {

  /** The replicas known, at least one; may grow as the client learns. */
  List<NodeId> nodes();

  /** The door of a replica; connects when used, never blocks. The same object each time. */
  Gateway gateway(NodeId node);

  /** Ends all connections. */
  @Override
  void close();
}
