// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

import java.time.Duration;

/**
 * How a session behaves; agreed with the group when the session opens.
 *
 * @param order whether commands take effect in the order in which they were submitted
 * @param expireAfter consensus time without a sign of life after which the group forgets the
 *     session; {@link #GROUP_EXPIRY} leaves it to the group
 */
public record SessionOptions(Order order, Duration expireAfter) {

  /** Order of the commands of one session. */
  public enum Order {
    /** Commands are applied in the order of the {@code submit} calls, whatever is retried. */
    SUBMISSION,
    /** Commands are applied in any order; a lost one does not hold up the others. */
    NONE
  }

  /** The expiry that the group is configured with: {@code sessions.expire-after}, an hour. */
  public static final Duration GROUP_EXPIRY = Duration.ZERO;

  /** In order of submission, forgotten after as much silence as the group is configured with. */
  public static final SessionOptions DEFAULT = new SessionOptions(Order.SUBMISSION, GROUP_EXPIRY);

  /** Refuses an expiry below a second: keep-alives could not hold such a session. */
  public SessionOptions {
    if (!expireAfter.equals(GROUP_EXPIRY) && expireAfter.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("expireAfter must be at least 1 s, was " + expireAfter);
    }
  }
}
