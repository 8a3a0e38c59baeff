// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/** The disk under a {@link SnapshotStore}. */
public interface SnapshotDisk extends AutoCloseable {

  /** Opens the store on this disk; there is at most one open at a time. */
  SnapshotStore open() throws IOException;

  /**
   * This disk as it would be found if the power failed now, beside a store that is open or in the
   * middle of a call: with everything that was synced, and any part of what was not. Empty if the
   * adapter cannot tell.
   */
  default Optional<SnapshotDisk> crashCopy() throws IOException {
    return Optional.empty();
  }

  /**
   * Flips a bit of a complete snapshot, with no store open.
   *
   * @param offset byte within the stream
   * @return false if the adapter has no way to do so
   */
  default boolean corrupt(SnapshotRef snapshot, long offset) throws IOException {
    return false;
  }

  /** Removes the files. */
  @Override
  default void close() throws IOException {}
}
