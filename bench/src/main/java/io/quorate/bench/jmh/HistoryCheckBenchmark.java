// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.sim.check.History;
import io.quorate.sim.check.Linearizability;
import io.quorate.sim.check.Models;
import io.quorate.sim.check.Verdict;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How long does it take to decide that a run of the simulator or of the comparison was
 * linearizable?
 *
 * <p>The indexes that answers carry serve as hints in which order to try; without them ({@code -p
 * indexed=false}) the search grows with the number of calls that overlap on one key. Allocated:
 * about 1 KB for each operation. All figures are per history of 10,000 operations.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class HistoryCheckBenchmark {
  private static final int OPERATIONS = 10_000;

  /** Keys, used evenly. */
  @Param({"10", "1000"})
  public int keys = 10;

  /** Clients, all busy all the time. */
  @Param({"16", "64"})
  public int clients = 16;

  /** Whether answers carry the index of their command. */
  @Param({"true"})
  public boolean indexed = true;

  private History history = new History();

  /** Makes the history. */
  @Setup
  public void make() {
    history = LegalHistory.of(OPERATIONS, keys, clients, indexed);
  }

  /** Finds an order that explains all answers. */
  @Benchmark
  public Verdict check() {
    Verdict verdict = Linearizability.check(history, Models.keyValue());
    if (!verdict.passed()) {
      throw new IllegalStateException("a legal history was not passed: " + verdict.text());
    }
    return verdict;
  }
}
