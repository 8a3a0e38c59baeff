// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.world;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.Slab;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.sim.oracle.ProtocolInvariant;
import java.util.HashSet;

/**
 * Every snapshot that a replica takes is of an op at which the log asks all for one (B.5). For
 * worlds in which no operator asks for one elsewhere.
 */
public final class CheckpointRules implements ProtocolInvariant {
  private final HashSet<Long> asked = new HashSet<>();
  private final Slab.Cursor cursor = new Slab.Cursor();

  @Override
  public void onEvent(NodeId node, Event event) {
    if (event instanceof Event.SnapshotSaved saved) {
      long slot = saved.snapshot().slot();
      Check.that(
          asked.contains(slot),
          "%s has a checkpoint at op %s, where the log asks for none",
          node,
          slot);
    }
  }

  @Override
  public void onLeave(NodeId from, NodeId to, ProtocolMessage message) {}

  @Override
  public void onCommitted(NodeId node, Entry entry) {
    if (entry.kind() != EntryKind.COMMANDS) {
      return;
    }
    cursor.reset(entry);
    while (cursor.advance()) {
      if (cursor.kind() == CommandKind.CHECKPOINT) {
        asked.add(entry.slot());
      }
    }
  }
}
