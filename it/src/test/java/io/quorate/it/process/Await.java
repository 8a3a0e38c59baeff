// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits until something holds that no other process would tell us. */
public final class Await {
  /** Longer than anything here takes on a busy machine; reached only by a failure. */
  public static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final long LOOK_MILLIS = 20;

  private Await() {}

  /** Returns once the condition holds; fails with {@code otherwise} after {@link #PATIENCE}. */
  public static void until(BooleanSupplier condition, Supplier<String> otherwise) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(otherwise.get());
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
