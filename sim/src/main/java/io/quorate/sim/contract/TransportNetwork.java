// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.Transport;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Places for the replicas {@code a}, {@code b} and {@code c} of one group. */
public interface TransportNetwork extends AutoCloseable {

  /**
   * Opens the end of one replica, to be started by the test. Opened again after it was closed, it
   * is the same replica restarted, at the same address.
   */
  Transport open(NodeId self, MessageCodec codec) throws IOException;

  /** Whether several threads may send: not where one thread runs everything. */
  default boolean threaded() {
    return true;
  }

  /**
   * Lets time pass until a condition holds; the condition may be asked any number of times.
   *
   * @return false if it did not within the patience of the adapter
   */
  default boolean await(BooleanSupplier condition) {
    long deadlineNanos = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadlineNanos > 0) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  /** Frees the places. */
  @Override
  void close() throws IOException;
}
