// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.GroupId;
import io.quorate.api.SessionOptions;
import io.quorate.core.apply.Applier;
import io.quorate.core.check.Check;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.Slab;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.session.Nonce;
import io.quorate.core.session.OpenSession;
import io.quorate.core.session.SessionLimits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a committed command of 256 bytes cost every replica, from entry to answer, with a state
 * machine that does nothing?
 *
 * <p>Per command: the session table's part, one read of 288 bytes (CRC32C), one copy of 256.
 * Allocated: the copy (272 bytes) and the result (24). Entries hold 256 commands; making them is
 * not timed, but its digests count as about 5 bytes allocated per command. All figures are per
 * command.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ApplierBenchmark {
  private static final int ENTRIES = 16;
  private static final int COMMANDS = 256;
  private static final int OPENED_AT_ONCE = 1024;

  /** Open sessions, used in turn, in an order that no cache foresees. */
  @Param({"1", "1000", "100000"})
  public int sessions = 1;

  private final byte[][] frames = new byte[ENTRIES][];
  private final Entry[] entries = new Entry[ENTRIES];
  private final Answers answers = new Answers();
  private Applier applier = newApplier();
  private int[] order = {};
  private long[] sequences = {};
  private int turn;

  private static final class Answers implements Applier.Replies {
    private long indexes;

    @Override
    public void done(int ordinal, long index, long epoch, byte[] result) {
      indexes += index + result.length;
    }

    @Override
    public void refused(int ordinal, Refusal why) {
      throw new IllegalStateException("a command was refused: " + why);
    }
  }

  /** Opens the sessions. */
  @Setup
  public void open() {
    applier = newApplier();
    for (int opened = 0; opened < sessions; opened += OPENED_AT_ONCE) {
      int count = Math.min(OPENED_AT_ONCE, sessions - opened);
      applier.apply(opening(opened, count), answers);
    }
    order = SessionTableBenchmark.shuffled(sessions);
    sequences = new long[sessions];
    for (int i = 0; i < ENTRIES; i++) {
      frames[i] = Commands.frame(COMMANDS, 1);
    }
  }

  private Entry opening(int opened, int count) {
    Slab.Writer slab = new Slab.Writer(count * (Slab.RECORD_HEADER_BYTES + OpenSession.BYTES));
    for (int i = 0; i < count; i++) {
      Nonce nonce = new Nonce(1, (long) opened + i);
      byte[] payload = new OpenSession(nonce, SessionOptions.Order.SUBMISSION, 1L << 60).encode();
      slab.append(CommandKind.OPEN_SESSION, 0, 0, 0, payload, 0, payload.length);
    }
    long time = Math.max(1, applier.timeFloorNanos());
    return Entry.seal(
        slab.frame(),
        EntryKind.COMMANDS,
        applier.appliedSlot() + 1,
        1,
        applier.appliedIndex() + 1,
        count,
        time,
        applier.appliedHash());
  }

  /** Makes the next entries, in the arrays of the last ones: the applier keeps none. */
  @Setup(Level.Invocation)
  public void sealNext() {
    long slot = applier.appliedSlot() + 1;
    long index = applier.appliedIndex() + 1;
    long time = applier.timeFloorNanos();
    var parent = applier.appliedHash();
    for (int i = 0; i < ENTRIES; i++) {
      byte[] frame = frames[i];
      for (int ordinal = 0; ordinal < COMMANDS; ordinal++) {
        turn = turn + 1 == sessions ? 0 : turn + 1;
        int at = order[turn];
        Commands.renumber(frame, ordinal, at + 1, ++sequences[at]);
      }
      Entry entry = Entry.seal(frame, EntryKind.COMMANDS, slot, 1, index, COMMANDS, time, parent);
      entries[i] = entry;
      slot++;
      index += COMMANDS;
      time = entry.timeFloorNanos();
      parent = entry.hash();
    }
  }

  /** Applying entries and answering every command. */
  @Benchmark
  @OperationsPerInvocation(ENTRIES * COMMANDS)
  public long apply() {
    for (Entry entry : entries) {
      applier.apply(entry, answers);
    }
    Check.that(applier.deduplicated() == 0, "commands were taken for repeated ones");
    return answers.indexes;
  }

  private static Applier newApplier() {
    return new Applier(GroupId.of("bench"), new CountingMachine(), SessionLimits.DEFAULT);
  }
}
