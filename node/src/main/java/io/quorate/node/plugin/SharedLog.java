// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import io.quorate.api.GroupId;
import java.util.List;
import java.util.Map;

/**
 * A log that belongs to a group instead of a replica's folder, to be looked at without a replica.
 * Bound by the module of a backend that keeps such a one; others bind none.
 */
@FunctionalInterface
public interface SharedLog {

  /**
   * Describes and verifies the log without changing anything. Blocks until all of it was read.
   *
   * @param nowNanos the time, since 1970
   * @throws StartException the log cannot be reached
   */
  Inspection inspect(GroupId group, long nowNanos);

  /**
   * What was found.
   *
   * @param facts name and value, in the order in which they are worth reading
   * @param notes what is no damage, but worth knowing
   * @param damage a sentence each; empty: everything is as it was written
   * @param createdLastHour objects written in the last hour by their own times, and still there;
   *     each was paid for once
   */
  record Inspection(
      List<Map.Entry<String, String>> facts,
      List<String> notes,
      List<String> damage,
      long createdLastHour) {

    /** Copies the lists. */
    public Inspection {
      facts = List.copyOf(facts);
      notes = List.copyOf(notes);
      damage = List.copyOf(damage);
    }
  }
}
