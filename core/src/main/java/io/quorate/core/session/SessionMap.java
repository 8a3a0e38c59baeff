// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.core.check.Check;
import org.jspecify.annotations.Nullable;

/**
 * Sessions by id: open addressing with linear probing, no boxing. Its layout depends on history and
 * is never part of the state; whoever iterates sorts by id.
 */
final class SessionMap {
  private long[] ids = new long[16];
  private @Nullable Session[] rows = new @Nullable Session[16];
  private int size;

  int size() {
    return size;
  }

  /** Position of a session, or −1. */
  int find(long id) {
    int mask = ids.length - 1;
    int at = hash(id) & mask;
    while (ids[at] != 0) {
      if (ids[at] == id) {
        return at;
      }
      at = (at + 1) & mask;
    }
    return -1;
  }

  /** The session at a position that {@link #find} returned. */
  Session at(int position) {
    Session session = rows[position];
    if (session == null) {
      throw new IllegalStateException("no session at position " + position);
    }
    return session;
  }

  /** Replaces the session at a position by another of the same id. */
  void replace(int position, Session session) {
    rows[position] = session;
  }

  void add(Session session) {
    Check.that(session.id >= 1, "session id %s", session.id);
    if ((size + 1) * 2 > ids.length) {
      grow();
    }
    insert(session);
    size++;
  }

  void remove(long id) {
    int hole = find(id);
    Check.that(hole >= 0, "session %s is not in the table", id);
    int mask = ids.length - 1;
    int at = (hole + 1) & mask;
    while (ids[at] != 0) {
      // A row may fill the hole unless its home lies behind it.
      int fromHome = (at - hash(ids[at])) & mask;
      int fromHole = (at - hole) & mask;
      if (fromHome >= fromHole) {
        ids[hole] = ids[at];
        rows[hole] = rows[at];
        hole = at;
      }
      at = (at + 1) & mask;
    }
    ids[hole] = 0;
    rows[hole] = null;
    size--;
  }

  /** All sessions, in no particular order. */
  Session[] toArray() {
    Session[] all = new Session[size];
    int count = 0;
    for (Session row : rows) {
      if (row != null) {
        all[count++] = row;
      }
    }
    return all;
  }

  private void insert(Session session) {
    int mask = ids.length - 1;
    int at = hash(session.id) & mask;
    while (ids[at] != 0) {
      Check.that(ids[at] != session.id, "session %s is in the table twice", session.id);
      at = (at + 1) & mask;
    }
    ids[at] = session.id;
    rows[at] = session;
  }

  private void grow() {
    Session[] all = toArray();
    ids = new long[ids.length * 2];
    rows = new @Nullable Session[ids.length];
    for (Session session : all) {
      insert(session);
    }
  }

  private static int hash(long id) {
    return (int) ((id * 0x9E3779B97F4A7C15L) >>> 32);
  }
}
