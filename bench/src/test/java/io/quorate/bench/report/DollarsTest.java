// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Sweep;
import java.time.Instant;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Dollars by hand, from the shipped price file. */
final class DollarsTest {
  private static final double MACHINE = 0.0816 * 730;
  private static final double DISK = 20 * 0.08;
  private static final double SECONDS = 730 * 3600;
  private static final Offset<Double> CENT = within(0.01);

  private static final Run RAFT = Planted.run("raft", 32_000, Planted.GOOD);
  private static final Run S3 = Planted.run("s3", 6_400, Planted.GOOD);

  @Test
  void idleAreMachinesAndDisks() {
    assertThat(Dollars.of(RAFT).orElseThrow().perIdleMonth()).isCloseTo(3 * (MACHINE + DISK), CENT);
    assertThat(Dollars.of(S3, 1).orElseThrow().perIdleMonth())
        .isCloseTo(MACHINE + 0.023 + SECONDS / 10 * 0.4e-6, CENT);
  }

  @Test
  void aCommandPaysItsShareOfAll() {
    double machines = 3 * (MACHINE + DISK) / SECONDS / 32_000;
    double traffic = 580e-9 * 0.02;
    assertThat(Dollars.of(RAFT).orElseThrow().perMillionAtThisLoad())
        .isCloseTo(1e6 * (machines + traffic), within(1e-6));
  }

  @Test
  void whatNobodyCountedHasNoPrice() {
    Run blind = Planted.run("peer", 32_000, Planted.GOOD);
    blind.measured().counts().remove("peer_bytes_sent");

    assertThat(Dollars.of(blind).orElseThrow().perMillionAtThisLoad()).isNaN();
    assertThat(Dollars.of(blind).orElseThrow().perIdleMonth())
        .isCloseTo(3 * (MACHINE + DISK), CENT);
    assertThat(Results.text(Sweep.none(blind.options()), List.of(blind, RAFT), Instant.EPOCH))
        .contains("\"contender\" : \"peer\"");
  }

  @Test
  void batchesGatherTheCommandsOfTheLinger() {
    // One PUT and two GETs a batch, 20 ms of linger: 50 commands a second are 25 batches.
    double perBatch = (5 + 2 * 0.4) / 1e6;
    Dollars alone = Dollars.of(S3, 1).orElseThrow();
    assertThat(alone.perMonth(50) - alone.perIdleMonth())
        .isCloseTo(SECONDS * 25 * perBatch, within(0.1));
  }

  @Test
  void aCrossoverIsWhereBothCostTheSame() {
    Dollars alone = Dollars.of(S3, 1).orElseThrow();
    Dollars raft = Dollars.of(RAFT).orElseThrow();

    assertThat(alone.crossovers(raft)).isNotEmpty();
    for (double load : alone.crossovers(raft)) {
      assertThat(alone.perMonth(load)).isCloseTo(raft.perMonth(load), CENT);
    }
    assertThat(alone.cheaper(raft, 0.1)).isTrue();
  }
}
