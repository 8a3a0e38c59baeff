// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.port.LogStore;
import java.io.IOException;
import java.util.Optional;

/** The disk under a {@link LogStore}: what survives a store, and what a test may do to it. */
public interface LogDisk extends AutoCloseable {

  /** Opens the store on this disk; there is at most one open at a time. */
  LogStore open() throws IOException;

  /**
   * This disk as it would be found if the power failed now, beside a store that is open: with
   * everything that was synced, and any part of what was not. Empty if the adapter cannot tell.
   */
  default Optional<LogDisk> crashCopy() throws IOException {
    return Optional.empty();
  }

  /** How many random walks are made: fewer where a write takes long. */
  default int walks() {
    return 3;
  }

  /**
   * Flips a bit of the frame of a stored entry, with no store open. The copy of its header stays.
   *
   * @param offset byte within the frame
   * @return false if the adapter has no way to do so
   */
  default boolean corrupt(long slot, int offset) throws IOException {
    return false;
  }

  /**
   * Damages the copy of the header of a stored entry, with no store open.
   *
   * @return false if the adapter has no way to do so
   */
  default boolean corruptHeader(long slot) throws IOException {
    return false;
  }

  /**
   * Puts the entry of another slot in the place of one, with no store open.
   *
   * @return false if the adapter has no way to do so
   */
  default boolean misdirect(long slot, long other) throws IOException {
    return false;
  }

  /**
   * Flips a bit of the stored hard state, with no store open.
   *
   * @return false if the adapter has no way to do so
   */
  default boolean corruptHardState() throws IOException {
    return false;
  }

  /** Removes the files. */
  @Override
  default void close() throws IOException {}
}
