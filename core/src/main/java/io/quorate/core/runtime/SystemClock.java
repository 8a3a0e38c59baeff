// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.port.Clock;
import io.quorate.core.protocol.Now;
import java.time.Instant;

/** The machine's clocks. */
public final class SystemClock implements Clock {
  @Override
  public Now now() {
    Instant wall = Instant.now();
    return new Now(System.nanoTime(), wall.getEpochSecond() * 1_000_000_000L + wall.getNano());
  }
}
