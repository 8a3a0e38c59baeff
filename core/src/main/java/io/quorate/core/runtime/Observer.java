// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.log.Entry;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;

/**
 * Is told what a replica does, as it does it; for logs, and for the simulator's invariants. Called
 * on the replica's own threads: must not block.
 */
public interface Observer {

  /** The role, epoch or leader changed. */
  void onRole(RoleChange change);

  /** Everything up to {@code slot} is known here to be committed. */
  void onCommit(long slot);

  /** The state machine has applied the entry. */
  void onApplied(Entry entry);

  /** The protocol tells something. */
  void onTrace(Trace trace);

  /** The replica stopped for good. */
  void onHalt(String reason);
}
