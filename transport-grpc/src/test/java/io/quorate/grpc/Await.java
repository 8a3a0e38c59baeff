// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do; fails after a generous while, with words. */
public final class Await {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private Await() {}

  /** Until something holds. */
  public static void until(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("waited in vain until " + what);
      }
      LockSupport.parkNanos(200_000);
    }
  }

  /** For the value of a future. */
  public static <T> T value(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no value in time", e);
    }
  }

  /** For the failure of a future. */
  public static Throwable failure(CompletableFuture<?> future) {
    try {
      Object value = future.get(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
      throw new AssertionError("should have failed, gave " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no failure in time", e);
    }
  }
}
