// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waits between attempts to connect: doubled after each failure up to a bound, and random in their
 * upper half, so that those who lost the same replica do not return to it as one. Not safe for
 * several threads.
 */
public final class Backoff {
  /** A connection that lasted this long was a good one; the next failure starts anew. */
  private static final long STEADY_NANOS = 1_000_000_000L;

  private final long shortestNanos;
  private final long longestNanos;
  private int failures;

  /** Starts with {@code shortest}; never exceeds {@code longest}. */
  public Backoff(Duration shortest, Duration longest) {
    shortestNanos = shortest.toNanos();
    longestNanos = longest.toNanos();
  }

  /**
   * Counts a lost or failed connection and returns how long to wait, in nanoseconds.
   *
   * @param lastedNanos how long the connection was of use; 0 if it never was
   */
  public long afterNanos(long lastedNanos) {
    failures = lastedNanos > STEADY_NANOS ? 1 : Math.min(failures + 1, 30);
    long nanos = shortestNanos;
    for (int i = 1; i < failures && nanos < longestNanos; i++) {
      nanos *= 2;
    }
    return jittered(Math.min(nanos, longestNanos));
  }

  /** A random wait between half of {@code nanos} and all of it. */
  public static long jittered(long nanos) {
    return nanos - ThreadLocalRandom.current().nextLong(nanos / 2 + 1);
  }
}
