// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.port.ObjectStore;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What is under an {@link ObjectStore}: an empty place for objects that several stores share. */
public interface ObjectBucket extends AutoCloseable {

  /** Opens a store on this bucket; several may be open at once, as several nodes have them. */
  ObjectStore open() throws IOException;

  /** What the keys of this test begin with; nothing else is under it. */
  default String prefix() {
    return "contract/";
  }

  /** Whether several threads may submit: not where one thread runs everything. */
  default boolean threaded() {
    return true;
  }

  /** How many writers race, and how many times: fewer where a request takes long. */
  default int rounds() {
    return 50;
  }

  /**
   * Lets time pass until a condition holds; the condition may be asked any number of times.
   *
   * @return false if it did not within the patience of the adapter
   */
  default boolean await(BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadlineNanos > 0) {
        return false;
      }
      LockSupport.parkNanos(200_000);
    }
    return true;
  }

  /** Removes the objects. */
  @Override
  default void close() throws IOException {}
}
