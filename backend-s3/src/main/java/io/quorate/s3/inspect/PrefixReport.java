// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was found below a prefix.
 *
 * @param rootVersion of the root that everything was judged by; 0 if there is none to judge by
 * @param facts name and value, in the order in which they are worth reading
 * @param notes what is no damage, but worth knowing: orphans, leftovers
 * @param damage a sentence each that names the object; empty: everything is as it was written
 * @param createdLastHour objects of the log that were written in the last hour by their own times,
 *     and are still there
 */
public record PrefixReport(
    long rootVersion,
    List<Map.Entry<String, String>> facts,
    List<String> notes,
    List<String> damage,
    long createdLastHour) {

  /** Copies the lists. */
  public PrefixReport {
    facts = List.copyOf(facts);
    notes = List.copyOf(notes);
    damage = List.copyOf(damage);
  }

  /** Gathers findings. */
  static final class Findings {
    private static final int DAMAGE_MAX = 100;

    private final List<Map.Entry<String, String>> facts = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> damage = new ArrayList<>();
    private long createdLastHour;

    void fact(String name, Object value) {
      facts.add(Map.entry(name, String.valueOf(value)));
    }

    /** Says how many there are, if there are any. */
    void note(long count, String what) {
      if (count > 0) {
        notes.add(count + " " + what);
      }
    }

    void note(String sentence) {
      notes.add(sentence);
    }

    /** Keeps the first ones: a bucket that was emptied would fill the memory otherwise. */
    void damage(String sentence) {
      if (damage.size() < DAMAGE_MAX) {
        damage.add(sentence);
      } else if (damage.size() == DAMAGE_MAX) {
        damage.add("and more");
      }
    }

    void created() {
      createdLastHour++;
    }

    PrefixReport report(long rootVersion) {
      return new PrefixReport(rootVersion, facts, notes, damage, createdLastHour);
    }
  }
}
