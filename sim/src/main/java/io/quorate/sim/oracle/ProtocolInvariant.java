// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.oracle;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ProtocolMessage;

/**
 * A rule that only those who know the protocol's messages can check, such as one vote in a term.
 * Sees all replicas; one instance for each run. A broken rule is thrown as {@link
 * io.quorate.core.check.InvariantViolation}.
 */
public interface ProtocolInvariant {

  /** A replica is about to react to an event. */
  void onEvent(NodeId node, Event event);

  /** A message leaves a replica: what it says is now known outside, whatever happens to it. */
  void onLeave(NodeId from, NodeId to, ProtocolMessage message);

  /** A replica says that this entry is committed; nobody said so of another one at its slot. */
  default void onCommitted(NodeId node, Entry entry) {}

  /** A replica says of an entry that it proposed that it will never be committed. */
  default void onDenied(NodeId node, Entry entry) {}
}
