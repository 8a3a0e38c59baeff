// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.statemachine;

import java.io.IOException;
import java.io.OutputStream;

/** An immutable view of a state machine's state, to be written beside further applies. */
public interface SnapshotSource extends AutoCloseable {

  /** Writes the captured state; called once, by another thread than {@code apply}. */
  void writeTo(OutputStream out) throws IOException;

  /** Frees what the view holds; called exactly once, written or not. */
  @Override
  default void close() {}
}
