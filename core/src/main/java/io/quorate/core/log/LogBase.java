// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

/**
 * What stands before the first entry of a log: nothing, or everything up to {@code slot}, which a
 * snapshot holds.
 */
public record LogBase(long slot, long epoch, ChainHash hash) {
  /** The base of a log that begins at slot 1. */
  public static final LogBase EMPTY = new LogBase(0, 0, ChainHash.ROOT);
}
