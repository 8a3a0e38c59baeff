// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.api.GroupId;
import io.quorate.api.statemachine.ApplyContext;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The one context of an applier, moved from command to command. */
final class CommandContext implements ApplyContext {
  private final long groupSeed;
  private long index;
  private long epoch;
  private long timeNanos;
  private @Nullable SeededRandom random;

  CommandContext(GroupId group) {
    groupSeed = SeededRandom.seedOf(group);
  }

  void move(long newIndex, long newEpoch, long newTimeNanos) {
    index = newIndex;
    epoch = newEpoch;
    timeNanos = newTimeNanos;
    random = null;
  }

  @Override
  public long index() {
    return index;
  }

  @Override
  public long epoch() {
    return epoch;
  }

  @Override
  public long timeNanos() {
    return timeNanos;
  }

  @Override
  public RandomGenerator random() {
    SeededRandom current = random;
    if (current == null) {
      current = SeededRandom.of(groupSeed, index);
      random = current;
    }
    return current;
  }
}
