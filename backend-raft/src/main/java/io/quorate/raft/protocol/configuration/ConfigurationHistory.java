// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.configuration;

import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * The configurations in the log, so that the latest one is in force from the moment it is appended
 * and stops being so when it is truncated (dissertation §4.1).
 *
 * <p>Invariant: slots strictly ascend; the first is that of the snapshot or of the seat and is
 * never rolled back.
 */
public final class ConfigurationHistory {
  private record Step(long slot, Configuration configuration) {}

  private final List<Step> steps = new ArrayList<>();

  /** Starts with what holds before the log says otherwise. */
  public ConfigurationHistory(Configuration seat) {
    steps.add(new Step(0, seat));
  }

  /** Which configuration is in force. */
  public Configuration current() {
    return steps.get(steps.size() - 1).configuration;
  }

  /** Whether the log, or the snapshot before it, names one. */
  public boolean isRecorded() {
    return steps.get(steps.size() - 1).slot > 0;
  }

  /** Takes up a configuration entry that was appended. */
  public void append(Entry entry) {
    Check.that(
        entry.slot() > steps.get(steps.size() - 1).slot,
        "configuration at slot %s is not the last",
        entry.slot());
    steps.add(new Step(entry.slot(), Configuration.decode(entry.body())));
  }

  /** Forgets what was configured at {@code slot} and after. */
  public void truncateFrom(long slot) {
    while (steps.size() > 1 && steps.get(steps.size() - 1).slot >= slot) {
      steps.remove(steps.size() - 1);
    }
  }

  /**
   * Starts over with what a snapshot says; later steps stay.
   *
   * @param encoded empty if the snapshot names none, then the last step up to its slot holds
   */
  public void rebase(long slot, byte[] encoded) {
    Configuration known = steps.get(0).configuration;
    long knownSlot = steps.get(0).slot;
    while (!steps.isEmpty() && steps.get(0).slot <= slot) {
      known = steps.get(0).configuration;
      knownSlot = steps.get(0).slot;
      steps.remove(0);
    }
    steps.add(
        0,
        encoded.length == 0
            ? new Step(knownSlot, known)
            : new Step(slot, Configuration.decode(encoded)));
  }
}
