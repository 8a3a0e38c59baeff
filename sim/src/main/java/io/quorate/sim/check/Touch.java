// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import org.jspecify.annotations.Nullable;

/**
 * What an operation tells about the value of its key, where a state is one value.
 *
 * @param sees the value before it, if that is certain; null otherwise
 * @param leaves the value after it, if it is the one who wrote it; null if it writes nothing
 */
public record Touch(@Nullable String sees, @Nullable String leaves) {
  /** Tells nothing, and writes nothing. */
  public static final Touch NOTHING = new Touch(null, null);
}
