// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.SessionOptions;
import io.quorate.core.check.Check;
import io.quorate.core.session.Nonce;
import io.quorate.core.session.OpenSession;
import io.quorate.core.session.SessionLimits;
import io.quorate.core.session.SessionTable;
import io.quorate.core.session.SessionTable.Verdict;
import java.util.SplittableRandom;
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
 * What does exactly-once cost for each command, and does it stay so when the table no longer fits
 * the caches?
 *
 * <p>Per command: one look-up by id, one slot of the session's ring freed and one filled.
 * Allocated: nothing; the result is kept by reference. Memory: about 450 bytes for a session whose
 * client waits for each answer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SessionTableBenchmark {
  /** Open sessions, used in turn, in an order that no cache foresees. */
  @Param({"1", "1000", "100000"})
  public int sessions = 1;

  private final byte[] result = new byte[8];
  private SessionTable table = new SessionTable(SessionLimits.DEFAULT);
  private int[] order = {};
  private long[] sequences = {};
  private int turn;
  private long index;

  /** Opens the sessions and executes one command in each. */
  @Setup
  public void open() {
    table = new SessionTable(SessionLimits.DEFAULT);
    for (long id = 1; id <= sessions; id++) {
      Nonce nonce = new Nonce(id, id);
      table.open(new OpenSession(nonce, SessionOptions.Order.SUBMISSION, 1L << 60), id, 1, id);
    }
    order = shuffled(sessions);
    sequences = new long[sessions];
    index = sessions;
    for (int i = 0; i < sessions; i++) {
      execute();
    }
  }

  /** A new command that acknowledges the one before it. */
  @Benchmark
  public long execute() {
    int at = next();
    long sequence = ++sequences[at];
    Verdict verdict = table.begin(at + 1, sequence, sequence, ++index);
    Check.that(verdict == Verdict.EXECUTE, "sequence %s: %s", sequence, verdict);
    table.executed(index, 1, result);
    return index;
  }

  /** A command that was executed before: the answer is looked up. */
  @Benchmark
  public byte[] repeat() {
    int at = next();
    long sequence = sequences[at];
    Verdict verdict = table.begin(at + 1, sequence, sequence, ++index);
    Check.that(verdict == Verdict.REPEATED_RESULT, "sequence %s: %s", sequence, verdict);
    return table.repeated();
  }

  private int next() {
    turn = turn + 1 == sessions ? 0 : turn + 1;
    return order[turn];
  }

  /** The numbers from 0 in an order of their own, the same each time. */
  static int[] shuffled(int count) {
    SplittableRandom random = new SplittableRandom(7);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
