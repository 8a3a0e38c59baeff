// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import io.quorate.samples.kv.KvResult.Change;
import io.quorate.samples.kv.KvResult.Changes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The latest changes, for those who watch; bounded in number and size. */
final class ChangeHistory {
  static final int CHANGES_MAX = 8192;
  static final long CHARACTERS_MAX = 4L << 20;

  private final ArrayDeque<Change> changes = new ArrayDeque<>();
  private long characters;

  /** Revision of the last change that was forgotten; 0: none was. */
  private long forgotten;

  void add(Change change) {
    changes.add(change);
    characters += weight(change);
    while (changes.size() > CHANGES_MAX || (characters > CHARACTERS_MAX && changes.size() > 1)) {
      Change oldest = changes.remove();
      characters -= weight(oldest);
      forgotten = oldest.revision();
    }
  }

  /**
   * Changes after {@code since}.
   *
   * @param last revision of the last command that the store has applied
   */
  Changes since(String prefix, long since, int limit, long last) {
    List<Change> found = new ArrayList<>();
    long upTo = Math.max(since, last);
    for (Change change : changes) {
      if (change.revision() > since && change.key().startsWith(prefix)) {
        if (found.size() == limit) {
          upTo = found.isEmpty() ? since : found.get(found.size() - 1).revision();
          break;
        }
        found.add(change);
      }
    }
    return new Changes(found, upTo, last, since < forgotten);
  }

  /** Everything that is kept, oldest first. */
  List<Change> all() {
    return List.copyOf(changes);
  }

  long forgotten() {
    return forgotten;
  }

  void restore(List<Change> kept, long forgottenBefore) {
    changes.clear();
    characters = 0;
    forgotten = forgottenBefore;
    kept.forEach(this::add);
  }

  private static long weight(Change change) {
    return (long) change.key().length() + change.value().map(String::length).orElse(0);
  }
}
