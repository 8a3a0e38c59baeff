// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.protocol.Now;

/** Time as the replica's machine has it. */
public interface Clock {

  /** Reads both clocks. */
  Now now();
}
