// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Now;
import org.junit.jupiter.api.Test;

final class SnapshotLeasesTest {
  private static final NodeId N2 = NodeId.of("n2");
  private static final NodeId N3 = NodeId.of("n3");
  private static final long LEASE = SnapshotLeases.LEASE_NANOS;

  private final SnapshotLeases leases = new SnapshotLeases();

  private static SnapshotRef snapshot(long slot) {
    return new SnapshotRef(
        "s" + slot, slot, 1, ChainHash.ROOT, slot, 0, new byte[0], 1000, new byte[32]);
  }

  private static Now at(long nanos) {
    return new Now(nanos, nanos);
  }

  @Test
  void whatIsReadIsPinnedAndForgottenInTime() {
    leases.reading(N2, snapshot(7), 0, at(10));
    assertThat(leases.pinned(at(10))).containsExactly(snapshot(7));
    assertThat(leases.pinned(at(9 + LEASE))).containsExactly(snapshot(7));
    assertThat(leases.pinned(at(10 + LEASE))).isEmpty();
  }

  @Test
  void progressRenewsAndRepetitionDoesNot() {
    leases.reading(N2, snapshot(7), 0, at(0));
    leases.reading(N2, snapshot(7), 100, at(LEASE / 2));
    assertThat(leases.pinned(at(LEASE))).containsExactly(snapshot(7));
    for (int again = 1; again <= 10; again++) {
      leases.reading(N2, snapshot(7), 100, at(LEASE / 2 + again));
    }
    assertThat(leases.pinned(at(LEASE / 2 + LEASE))).isEmpty();
  }

  @Test
  void eachReceiverPinsOneAtMost() {
    leases.reading(N2, snapshot(7), 0, at(0));
    leases.reading(N3, snapshot(8), 0, at(0));
    leases.reading(N2, snapshot(9), 0, at(1));
    assertThat(leases.pinned(at(2))).containsExactly(snapshot(9), snapshot(8));
  }
}
