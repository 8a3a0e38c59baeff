// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.sim.clock.SimClock;
import io.quorate.sim.trace.TraceLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WorldTest {
  private final World world = new World(1, 1_000, new TraceLog(false));

  @Test
  void eventsRunInOrderOfTimeThenOfPlanning() {
    List<String> ran = new ArrayList<>();
    world.at(20, () -> ran.add("c"));
    world.at(10, () -> ran.add("a"));
    world.at(10, () -> ran.add("b"));
    world.at(15, () -> ran.add("cancelled")).cancel();
    world.runUntil(100);
    assertThat(ran).containsExactly("a", "b", "c");
    assertThat(world.now()).isEqualTo(100);
    assertThat(world.events()).isEqualTo(3);
  }

  @Test
  void idleHoursCostNothing() {
    world.at(3_600_000_000_000L, () -> {});
    world.runUntil(7_200_000_000_000L);
    assertThat(world.events()).isEqualTo(1);
  }

  @Test
  void aRunWithoutEndFails() {
    endless();
    world.runUntil(Long.MAX_VALUE);
    assertThat(world.failure()).contains("no end after 1000 events");
  }

  private void endless() {
    world.after(1, this::endless);
  }

  @Test
  void theFirstFailureEndsTheRun() {
    world.at(1, () -> world.fail("first"));
    world.at(2, () -> world.fail("second"));
    world.runUntil(10);
    assertThat(world.failure()).isEqualTo("first");
    assertThat(world.events()).isEqualTo(1);
  }

  @Test
  void streamsAreIndependentByName() {
    long expected = world.random("b").nextLong();
    SimRandom other = world.random("a");
    other.nextLong();
    assertThat(world.random("b").nextLong()).isEqualTo(expected);
    assertThat(world.random("b").nextLong()).isNotEqualTo(other.nextLong());
  }

  @Test
  void aClockShowsADeadlineNotBeforeItsTime() {
    SimRandom random = new SimRandom(3);
    for (int i = 0; i < 200; i++) {
      SimClock clock = new SimClock(world, random.below(1_000_000), 0, random.between(-500, 500));
      long due = clock.now().monotonicNanos() + random.logBetween(1, 100_000_000_000L);
      World later = new World(1, 10, new TraceLog(false));
      long at = clock.worldTimeOf(due);
      later.runUntil(at);
      long rate = Math.abs(at - (due - clock.now().monotonicNanos()));
      assertThat(rate).isLessThan(1 + at / 1_000);
    }
  }
}
