// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import java.time.Duration;

/** Checks for the compact constructors of settings: the message names the key. */
public final class Require {
  private Require() {}

  /** Throws {@link IllegalArgumentException} with the sentence unless {@code holds}. */
  public static void that(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /** Bounds of a number, both included. */
  public static void between(long value, long min, long max, String key) {
    that(
        value >= min && value <= max,
        key + " must be between " + min + " and " + max + ", was " + value);
  }

  /** Bounds of a duration, both included. */
  public static void between(Duration value, Duration min, Duration max, String key) {
    that(
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
        key
            + " must be between "
            + Quantities.format(min)
            + " and "
            + Quantities.format(max)
            + ", was "
            + Quantities.format(value));
  }

  /** Bounds of a size, both included. */
  public static void between(DataSize value, DataSize min, DataSize max, String key) {
    that(
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
        key + " must be between " + min + " and " + max + ", was " + value);
  }
}
