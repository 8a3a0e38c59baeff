// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;

/** A batch of admitted commands that waits to be given its place in the log. */
public interface Proposal {

  /** Number of commands. */
  int count();

  /** Bytes of the slab. */
  int sizeBytes();

  /** Freezes the batch as the entry at {@code slot}; once only. */
  Entry seal(long slot, long epoch, long firstIndex, long timeNanos, ChainHash parent);
}
