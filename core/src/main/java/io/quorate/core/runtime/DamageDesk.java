// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.port.LogStore.DamagedEntries;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.protocol.Event;

/** Where damage goes that was met after the start: to a core that repairs it, or nowhere at all. */
final class DamageDesk {
  private final ReplicaLoop loop;
  private final boolean repairs;

  /** Reports to the core of a loop, if its protocol repairs. */
  DamageDesk(ReplicaLoop loop, boolean repairs) {
    this.loop = loop;
    this.repairs = repairs;
  }

  /**
   * Tells the core. Any thread.
   *
   * @throws StorageFault nobody here repairs: the replica halts
   */
  void report(DamagedEntries damage) {
    if (!repairs) {
      throw new StorageFault(String.valueOf(damage.getMessage()), damage);
    }
    loop.report(new Event.Damaged(damage.slots()));
  }
}
