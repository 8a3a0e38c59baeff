// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.core.protocol.Now;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Consensus time follows what a majority of clocks agree on (B.9). */
final class GroupClockTest {
  private static final long MILLI = 1_000_000;
  private static final long WALL = 1_700_000_000_000_000_000L;
  private static final NodeId N2 = NodeId.of("n2");
  private static final NodeId N3 = NodeId.of("n3");

  private static Now at(long monotonicMillis, long wallAheadMillis) {
    return new Now(monotonicMillis * MILLI, WALL + (monotonicMillis + wallAheadMillis) * MILLI);
  }

  private static void observe(GroupClock clock, NodeId node, long at, long aheadMillis) {
    clock.observe(node, (at - 2) * MILLI, WALL + (at - 1 + aheadMillis) * MILLI, at(at, 0));
  }

  @Test
  void whatMostSourcesShare() {
    Interval.Agreement agreed =
        Interval.agreement(
            List.of(new Interval(8, 12), new Interval(11, 13), new Interval(14, 15)));
    assertThat(agreed).isEqualTo(new Interval.Agreement(new Interval(11, 12), 2));
    assertThat(Interval.agreement(List.of(new Interval(1, 2), new Interval(5, 9))).interval())
        .isEqualTo(new Interval(1, 2));
    assertThat(
            Interval.agreement(
                List.of(new Interval(1, 10), new Interval(2, 9), new Interval(3, 8))))
        .isEqualTo(new Interval.Agreement(new Interval(3, 8), 3));
  }

  @Test
  void aloneItIsItsOwnMajority() {
    GroupClock clock = new GroupClock(1, 5 * MILLI);
    assertThat(clock.synchronised(at(100, 0))).isTrue();
    assertThat(clock.stamp(0, at(100, 0))).isEqualTo(WALL + 100 * MILLI);
  }

  @Test
  void noClockIsFollowedBeforeAMajorityAgrees() {
    GroupClock clock = new GroupClock(3, 5 * MILLI);
    assertThat(clock.synchronised(at(100, 0))).isFalse();
    assertThat(clock.stamp(77, at(100, 0))).isEqualTo(77);
    observe(clock, N2, 100, 2);
    assertThat(clock.synchronised(at(100, 0))).isTrue();
    assertThat(clock.stamp(77, at(100, 0))).isEqualTo(WALL + 100 * MILLI);
  }

  @Test
  void anOwnClockThatJumpsIsHeldByTheOthers() {
    GroupClock clock = new GroupClock(3, 5 * MILLI);
    observe(clock, N2, 100, 0);
    observe(clock, N3, 100, 1);
    long stamp = clock.stamp(0, at(100, 60_000));
    assertThat(stamp).isBetween(WALL + 90 * MILLI, WALL + 110 * MILLI);
    assertThat(clock.synchronised(at(100, 60_000))).isTrue();
  }

  @Test
  void twoClocksThatDifferAgreeOnNothing() {
    GroupClock clock = new GroupClock(2, 5 * MILLI);
    observe(clock, N2, 100, 1_000);
    assertThat(clock.synchronised(at(100, 0))).isFalse();
    assertThat(clock.stamp(WALL, at(100, 0))).isEqualTo(WALL);
  }

  @Test
  void timeNeverGoesBack() {
    GroupClock clock = new GroupClock(1, 5 * MILLI);
    assertThat(clock.stamp(WALL + 5_000 * MILLI, at(100, 0))).isEqualTo(WALL + 5_000 * MILLI);
  }

  @Test
  void oldSamplesDoNotCount() {
    GroupClock clock = new GroupClock(3, 5 * MILLI);
    observe(clock, N2, 100, 0);
    assertThat(clock.knows(N2, at(9_000, 0))).isTrue();
    assertThat(clock.knows(N2, at(10_200, 0))).isFalse();
    assertThat(clock.synchronised(at(10_200, 0))).isFalse();
  }
}
