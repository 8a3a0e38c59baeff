package io.quorate.sim.workload;

import io.quorate.api.ReadConsistency;
import io.quorate.api.error.ConsensusException.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a client, from its call to its end; filled in as it goes.
 *
 * <p>A write has a command, a read has a consistency.
 */
final class Operation {
  /** How it ended. */
  enum Verdict {
    /** Not yet. */
    OPEN,
    /** With a result. */
    DONE,
    /** It took effect, but the result is an error or gone. */
    DONE_WITHOUT_RESULT,
    /** It surely took no effect. */
    REFUSED,
    /** Nobody can tell. */
    UNKNOWN
  }

  final String client;
  final long id;
  final @Nullable KvCommand command;
  final @Nullable ReadConsistency consistency;
  final int key;
  final long session;
  final boolean ordered;
  final long ordinal;
  final long calledNanos;

  /** Highest index known to any client when it was called: what it must come after. */
  final long knownIndex;

  Verdict verdict = Verdict.OPEN;
  long endedNanos;
  long index;
  @Nullable KvAnswer answer;

  Operation(
      String client,
      long id,
      @Nullable KvCommand command,
      @Nullable ReadConsistency consistency,
      int key,
      long session,
      boolean ordered,
      long ordinal,
      long calledNanos,
      long knownIndex) {
    this.client = client;
    this.id = id;
    this.command = command;
    this.consistency = consistency;
    this.key = key;
    this.session = session;
    this.ordered = ordered;
    this.ordinal = ordinal;
    this.calledNanos = calledNanos;
    this.knownIndex = knownIndex;
  }

  void refused(Outcome outcome, long nanos) {
    endedNanos = nanos;
    verdict =
        switch (outcome) {
          case APPLIED -> Verdict.DONE_WITHOUT_RESULT;
          case NOT_APPLIED -> Verdict.REFUSED;
          case INDETERMINATE -> Verdict.UNKNOWN;
        };
  }

  @Override
  public String toString() {
    KvCommand written = command;
    String what =
        written == null
            ? "read k" + key + " " + consistency
            : written.op()
                + " k"
                + key
                + (written.op() == KvCommand.Op.GET ? "" : " " + written.a())
                + (written.op() == KvCommand.Op.CAS ? " to " + written.b() : "");
    KvAnswer found = answer;
    String end =
        found == null
            ? verdict.name()
            : (found.ok() ? "" : "no, ") + found.value() + " at index " + index;
    return "#" + (id & 0xffffffffL) + " " + what + " = " + end;
  }
}
