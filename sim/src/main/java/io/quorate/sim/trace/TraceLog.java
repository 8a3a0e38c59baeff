// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a run: a hash over everything, and the lines for people. Two runs with equal
 * hashes did the same things at the same times in the same order.
 *
 * <p>Always keeps the newest lines, for failure reports; keeps all of them only when asked to.
 */
public final class TraceLog {
  private static final int RECENT_MAX = 512;
  private static final int ALL_MAX = 2_000_000;

  private final ArrayDeque<TraceLine> recent = new ArrayDeque<>(RECENT_MAX);
  private final @Nullable List<TraceLine> all;
  private long hash = 0xcbf29ce484222325L;
  private long count;

  /**
   * An empty log.
   *
   * @param capture whether to keep all lines
   */
  public TraceLog(boolean capture) {
    all = capture ? new ArrayList<>() : null;
  }

  /** Adds a number to the hash only. */
  public void mix(long value) {
    long x = (hash ^ value) * 0x9e3779b97f4a7c15L;
    hash = x ^ (x >>> 29);
  }

  /** Adds a text to the hash only. */
  public void mix(String text) {
    mix(text.hashCode());
  }

  /**
   * Adds a line. The hash takes time, kind, places and {@code digest}; not {@code what}, which is
   * for people.
   */
  public void add(
      long nanos, TraceKind kind, String at, @Nullable String peer, Object what, long digest) {
    count++;
    mix(nanos);
    mix(kind.ordinal());
    mix(at);
    if (peer != null) {
      mix(peer);
    }
    mix(digest);
    TraceLine line = new TraceLine(count, nanos, kind, at, peer, what);
    if (recent.size() == RECENT_MAX) {
      recent.pollFirst();
    }
    recent.addLast(line);
    if (all != null && all.size() < ALL_MAX) {
      all.add(line);
    }
  }

  /** Hash over everything so far. */
  public long hash() {
    return hash;
  }

  /** Number of lines so far. */
  public long count() {
    return count;
  }

  /** All lines if they were captured, else the newest ones. */
  public List<TraceLine> lines() {
    return all != null ? new ArrayList<>(all) : new ArrayList<>(recent);
  }
}
