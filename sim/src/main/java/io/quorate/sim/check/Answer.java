// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import org.jspecify.annotations.Nullable;

/**
 * What a client was told.
 *
 * @param value null for "there is none", or where a function has nothing to tell
 */
public record Answer(@Nullable String value) {
  /** An answer without a value. */
  public static final Answer NONE = new Answer(null);

  /** Returns the answer with this value. */
  public static Answer of(@Nullable String value) {
    return value == null ? NONE : new Answer(value);
  }

  @Override
  public String toString() {
    return value == null ? "-" : value;
  }
}
