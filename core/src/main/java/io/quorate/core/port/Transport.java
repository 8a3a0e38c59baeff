// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.ProtocolMessage;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Messages between the replicas of one group. Losing, delaying and repeating them is the protocol's
 * problem; corrupting them is not allowed.
 */
public interface Transport extends AutoCloseable {

  /** Receives messages; called by the transport's own threads, must not block. */
  interface Listener {
    /** A message arrived; nothing need be done about it before {@link #flush}. */
    void onMessage(NodeId from, ProtocolMessage message);

    /**
     * No more messages come for the moment. The calling thread may be used for what they lead to,
     * as long as nothing blocks.
     */
    default void flush() {}
  }

  /** Begins to accept and make connections. Called once. */
  void start(Listener listener);

  /**
   * Sends messages to one replica, in order and together if possible. Never blocks and never
   * throws; drops when the connection is down or its queue is full. Safe for several threads.
   */
  void send(NodeId to, List<ProtocolMessage> messages);

  /** What was sent, received and dropped since the start, by name; any thread may ask. */
  default SortedMap<String, Long> counters() {
    return new TreeMap<>();
  }

  /** Ends all connections. */
  @Override
  void close();
}
