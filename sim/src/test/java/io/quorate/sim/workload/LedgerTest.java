// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.sim.check.Call;
import io.quorate.sim.check.History;
import io.quorate.sim.check.Linearizability;
import io.quorate.sim.check.Models;
import io.quorate.sim.check.Verdict;
import io.quorate.sim.oracle.Oracle;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.World;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The checks at the end are made: violations planted in the history alone, which no check on the
 * spot can see, fail the run.
 */
final class LedgerTest {
  private final World world = new World(1, 1_000, new TraceLog(false));
  private final Ledger ledger =
      new Ledger(world, new Oracle(world, Traits.SHARED_STORE, new TreeMap<>()));
  private final History history = ledger.history();

  private void put(int client, String key, String value, long index, long nanos) {
    history.ok(history.call(client, Call.of("put", key, value), nanos), null, index, nanos + 1);
  }

  private void read(int client, String key, ReadConsistency consistency, long index, long nanos) {
    int id = history.call(client, Call.of("get", key), consistency, nanos);
    history.ok(id, null, index, nanos + 1);
  }

  @Test
  void aHistoryThatHoldsPasses() {
    put(1, "k1", "5", 4, 10);
    read(2, "k2", ReadConsistency.local(3), 3, 20);
    read(2, "k2", ReadConsistency.bounded(Duration.ofSeconds(5)), 0, 30);

    ledger.checkAll();

    assertThat(world.failure()).isNull();
  }

  @Test
  void aLocalReadBelowItsIndexFailsTheRun() {
    read(2, "k2", ReadConsistency.local(7), 6, 10);

    ledger.checkAll();

    assertThat(world.failure()).contains("freshness of reads").contains("must see 7");
  }

  @Test
  void aBoundedReadBeyondItsBoundFailsTheRun() {
    put(1, "k1", "5", 4, 10);
    read(2, "k2", ReadConsistency.bounded(Duration.ofMillis(50)), 3, 1_000_000_000);

    ledger.checkAll();

    assertThat(world.failure()).contains("freshness of reads").contains("must see 4");
  }

  @Test
  void aClientThatIsToldAnEarlierIndexFailsTheRun() {
    put(1, "k1", "5", 4, 10);
    put(1, "k2", "6", 3, 20); // linearizable, being on another key, but behind its first command

    ledger.checkAll();

    assertThat(world.failure()).contains("session order").contains("was told index 3");
    assertThat(ledger.undecided()).isFalse();
  }

  @Test
  void aSearchWithoutVerdictFailsTheRunAndSaysSo() {
    for (int client = 0; client < 8; client++) {
      history.call(client, Call.of("incr", "k1", "1"), 10);
    }
    int read = history.call(9, Call.of("get", "k1"), ReadConsistency.LINEARIZABLE, 10);
    history.ok(read, "9", 0, 20);
    Verdict verdict =
        Linearizability.check(
            history, Models.keyValue(), new Linearizability.Limits(2, Duration.ofHours(1)));

    ledger.conclude(verdict);

    assertThat(verdict).isInstanceOf(Verdict.Undecided.class);
    assertThat(world.failure()).contains("linearizability: no answer within");
    assertThat(ledger.undecided()).isTrue();
    assertThat(world.coverage().count("search.undecided")).isOne();
  }
}
