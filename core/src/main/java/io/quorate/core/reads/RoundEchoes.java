// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.reads;

import java.util.Arrays;

/**
 * A follower's memory of when it echoed which round. What the leader sends knowing of an echo left
 * after that echo, so the follower can bound the age of the leader's word by its own clock, however
 * long the message was under way.
 */
public final class RoundEchoes {
  private static final int REMEMBERED = 128;

  /** So far back that nothing dated by it is fresh, and that ages can still be taken off. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final long[] rounds = new long[REMEMBERED];
  private final long[] nanos = new long[REMEMBERED];
  private long epoch;

  /** This round of the epoch's leader is being echoed; only the first time counts. */
  public void echo(long ofEpoch, long round, long nowNanos) {
    forget(ofEpoch);
    int at = (int) (round % REMEMBERED);
    if (round > rounds[at]) {
      rounds[at] = round;
      nanos[at] = nowNanos;
    }
  }

  /** A time by our clock before which nobody can have known of that echo. */
  public long notBeforeNanos(long ofEpoch, long round) {
    int at = (int) (round % REMEMBERED);
    return ofEpoch == epoch && round > 0 && rounds[at] == round ? nanos[at] : NEVER;
  }

  private void forget(long newEpoch) {
    if (newEpoch != epoch) {
      epoch = newEpoch;
      Arrays.fill(rounds, 0);
    }
  }
}
