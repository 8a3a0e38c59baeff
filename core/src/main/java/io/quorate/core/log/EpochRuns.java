// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import io.quorate.core.check.Check;
import java.util.Arrays;

/**
 * Epoch of every slot of the log, kept as runs: epochs never decrease along a log, so a few numbers
 * answer for millions of slots.
 *
 * <p>Invariants: first slots and epochs strictly ascend; every slot in (base, last] has one run.
 */
public final class EpochRuns {
  private long[] firstSlots = new long[4];
  private long[] epochs = new long[4];
  private int size;
  private long baseSlot;
  private long baseEpoch;
  private long lastSlot;

  /** An empty log behind {@code base}. */
  public EpochRuns(LogBase base) {
    reset(base);
  }

  /** Forgets everything; the log is empty behind {@code base}. */
  public void reset(LogBase base) {
    size = 0;
    baseSlot = base.slot();
    baseEpoch = base.epoch();
    lastSlot = base.slot();
  }

  /** Slot before the first entry. */
  public long baseSlot() {
    return baseSlot;
  }

  /** Last slot, or the base's when the log is empty. */
  public long lastSlot() {
    return lastSlot;
  }

  /** Epoch of the last slot. */
  public long lastEpoch() {
    return size == 0 ? baseEpoch : epochs[size - 1];
  }

  /** Records the entry that follows the last one. */
  public void append(long slot, long epoch) {
    Check.that(slot == lastSlot + 1, "slot %s does not follow %s", slot, lastSlot);
    Check.that(epoch >= lastEpoch(), "epoch %s at slot %s goes back", epoch, slot);
    if (size == 0 || epochs[size - 1] != epoch) {
      if (size == epochs.length) {
        firstSlots = Arrays.copyOf(firstSlots, size * 2);
        epochs = Arrays.copyOf(epochs, size * 2);
      }
      firstSlots[size] = slot;
      epochs[size] = epoch;
      size++;
    }
    lastSlot = slot;
  }

  /** Whether the log (or its base) has this slot. */
  public boolean has(long slot) {
    return slot >= baseSlot && slot <= lastSlot;
  }

  /** Epoch of a slot that {@link #has} confirms. */
  public long epochAt(long slot) {
    Check.that(has(slot), "slot %s is outside of %s..%s", slot, baseSlot, lastSlot);
    if (slot == baseSlot) {
      return baseEpoch;
    }
    return epochs[runOf(slot)];
  }

  /** First slot above the base that has the same epoch as {@code slot}. */
  public long firstSlotOfRun(long slot) {
    Check.that(slot > baseSlot && slot <= lastSlot, "slot %s has no run", slot);
    return Math.max(firstSlots[runOf(slot)], baseSlot + 1);
  }

  /** Forgets {@code slot} and everything after it. */
  public void truncateFrom(long slot) {
    Check.that(slot > baseSlot, "cannot truncate from %s, the base is %s", slot, baseSlot);
    while (size > 0 && firstSlots[size - 1] >= slot) {
      size--;
    }
    lastSlot = Math.min(lastSlot, slot - 1);
  }

  /** Forgets everything up to and including {@code slot}, which must be in the log. */
  public void dropThrough(long slot) {
    long epoch = epochAt(slot);
    int keep = slot == lastSlot ? size : runOf(slot + 1);
    System.arraycopy(firstSlots, keep, firstSlots, 0, size - keep);
    System.arraycopy(epochs, keep, epochs, 0, size - keep);
    size -= keep;
    baseSlot = slot;
    baseEpoch = epoch;
  }

  private int runOf(long slot) {
    int found = Arrays.binarySearch(firstSlots, 0, size, slot);
    return found >= 0 ? found : -found - 2;
  }
}
