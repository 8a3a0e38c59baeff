// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import org.jspecify.annotations.Nullable;

/** The recent end of a log, held in memory. */
public interface LogView {

  /** First slot that the window holds; one above {@link #lastSlot()} when it is empty. */
  long firstSlot();

  /** Last slot of the log; the base's slot when the log is empty. */
  long lastSlot();

  /** The entry at {@code slot}, or null when it is not in the window (then it is durable). */
  @Nullable Entry get(long slot);
}
