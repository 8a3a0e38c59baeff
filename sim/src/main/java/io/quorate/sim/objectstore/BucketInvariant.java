// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.sim.oracle.ProtocolInvariant;
import io.quorate.sim.world.World;

/**
 * A rule about what is stored, for those who can read it. Sees the bucket and all replicas; one
 * instance for each run. A broken rule is thrown as {@link
 * io.quorate.core.check.InvariantViolation}.
 */
public interface BucketInvariant extends ProtocolInvariant {

  /** Called once, before the run. */
  void attach(World world, SimBucket bucket);

  /** A request leaves a replica; it may be executed at any later time, or never. */
  void onSent(SimRequest request);

  /** A request was executed, whether or not it changed anything. */
  void onExecuted(Execution execution);

  @Override
  void onCommitted(NodeId node, Entry entry);

  @Override
  default void onDenied(NodeId node, Entry entry) {}

  /** What is stored, in a few words for a trace. */
  String describe(String key, byte[] bytes);

  @Override
  default void onEvent(NodeId node, Event event) {}

  @Override
  default void onLeave(NodeId from, NodeId to, ProtocolMessage message) {}
}
