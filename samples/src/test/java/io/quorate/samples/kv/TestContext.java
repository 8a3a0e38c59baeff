// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import io.quorate.api.statemachine.ApplyContext;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A command's place in a log that is not there. */
record TestContext(long index) implements ApplyContext {
  @Override
  public long epoch() {
    return 1;
  }

  @Override
  public long timeNanos() {
    return index;
  }

  @Override
  public RandomGenerator random() {
    return new SplittableRandom(index);
  }
}
