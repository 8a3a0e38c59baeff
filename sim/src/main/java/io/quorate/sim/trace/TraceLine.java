// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.trace;

import org.jspecify.annotations.Nullable;

/**
 * One thing that happened in a simulated world.
 *
 * @param number ordinal in the run, from 1
 * @param nanos virtual time
 * @param at where: a node, a client, or "world"
 * @param peer the other end of a message; null if there is none
 * @param what formatted when shown, so it must be immutable
 */
public record TraceLine(
    long number, long nanos, TraceKind kind, String at, @Nullable String peer, Object what) {

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(120);
    line.append(time(nanos)).append("  ").append(at);
    if (peer != null) {
      line.append(kind == TraceKind.DELIVER ? " <- " : " -> ").append(peer);
    }
    while (line.length() < 26) {
      line.append(' ');
    }
    return line.append("  ").append(kind.word()).append("  ").append(what).toString();
  }

  /** Virtual time for people: seconds with six digits. */
  public static String time(long nanos) {
    long micros = nanos / 1_000;
    return String.format("%5d.%06d", micros / 1_000_000, micros % 1_000_000);
  }
}
