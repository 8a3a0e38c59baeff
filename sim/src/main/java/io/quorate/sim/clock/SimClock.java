// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.clock;

import io.quorate.core.port.Clock;
import io.quorate.core.protocol.Now;
import io.quorate.sim.world.World;

/**
 * The clocks of one machine: they start somewhere, run a little fast or slow, and the wall clock
 * may be set. Survives crashes of the replica, as the machine's clock does.
 */
public final class SimClock implements Clock {
  /** Wall clock at the start of every world: 2025-01-01T00:00:00Z. */
  public static final long EPOCH_WALL_NANOS = 1_735_689_600_000_000_000L;

  private final World world;
  private final long monotonicOffset;
  private final long ratePpm;
  private long wallOffset;

  /**
   * A machine's clocks.
   *
   * @param ratePpm how many millionths too fast it runs; negative: too slow
   */
  public SimClock(World world, long monotonicOffset, long wallOffset, long ratePpm) {
    this.world = world;
    this.monotonicOffset = monotonicOffset;
    this.wallOffset = wallOffset;
    this.ratePpm = ratePpm;
  }

  @Override
  public Now now() {
    long elapsed = elapsed(world.now());
    return new Now(monotonicOffset + elapsed, EPOCH_WALL_NANOS + wallOffset + elapsed);
  }

  /** Sets the wall clock forward, or back. */
  public void step(long nanos) {
    wallOffset += nanos;
  }

  /** The world's time at which the monotonic clock shows at least {@code monotonicNanos}. */
  public long worldTimeOf(long monotonicNanos) {
    long elapsed = monotonicNanos - monotonicOffset;
    if (elapsed <= 0) {
      return 0;
    }
    long guess =
        elapsed - elapsed / 1_000_000 * ratePpm - elapsed % 1_000_000 * ratePpm / 1_000_000;
    while (elapsed(guess) < elapsed) {
      guess += Math.max(1, (elapsed - elapsed(guess)) / 2);
    }
    return guess;
  }

  private long elapsed(long worldNanos) {
    return worldNanos
        + worldNanos / 1_000_000 * ratePpm
        + worldNanos % 1_000_000 * ratePpm / 1_000_000;
  }
}
