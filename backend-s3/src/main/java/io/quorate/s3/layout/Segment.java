// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.log.ChainHash;

/**
 * The slots of one epoch.
 *
 * @param start its first slot
 * @param end the slot of its seal, one above its last; {@link #OPEN} while the epoch lasts
 * @param parent H(start − 1)
 */
public record Segment(long epoch, long start, long end, ChainHash parent) {
  /** The end of a segment that is not sealed. */
  public static final long OPEN = 0;

  /** Refuses what no protocol step makes. */
  public Segment {
    if (epoch < 1 || start < 1 || (end != OPEN && end < start)) {
      throw new IllegalArgumentException(
          "segment of epoch " + epoch + " from slot " + start + " to " + end);
    }
  }

  /** Whether the epoch may still grow. */
  public boolean open() {
    return end == OPEN;
  }

  /** Whether this slot is one of this segment. */
  public boolean holds(long slot) {
    return slot >= start && (open() || slot < end);
  }

  /** The same, sealed at {@code end}. */
  public Segment sealedAt(long end) {
    return new Segment(epoch, start, end, parent);
  }
}
