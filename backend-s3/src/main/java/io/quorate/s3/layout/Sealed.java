// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.log.ChainHash;

/**
 * How an epoch ended: what a leader that was deposed needs to know which of its slots are in the
 * log.
 *
 * @param end the slot of its seal, one above its last
 * @param hash H(end − 1)
 */
public record Sealed(long epoch, long end, ChainHash hash) {
  /** Refuses what no protocol step makes. */
  public Sealed {
    if (epoch < 1 || end < 1) {
      throw new IllegalArgumentException("epoch " + epoch + " sealed at " + end);
    }
  }
}
