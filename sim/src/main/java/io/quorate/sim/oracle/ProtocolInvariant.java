package io.quorate.sim.oracle;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Outgoing;

/**
 * A rule that only those who know the protocol's messages can check, such as one vote in a term.
 * Sees all replicas; one instance for each run. A broken rule is thrown as {@link
 * io.quorate.core.check.InvariantViolation}.
 */
public interface ProtocolInvariant {

  /** A replica is about to react to an event. */
  void onEvent(NodeId node, Event event);

  /**
   * A replica decided to send a message.
   *
   * @param whenDurable whether it leaves only after the write that it came with
   */
  void onSend(NodeId node, Outgoing message, boolean whenDurable);
}
