// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.api.ReadConsistency;
import io.quorate.api.error.ConsensusException.Outcome;
import io.quorate.sim.check.Call;
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

  /** Id in the history; negative if it takes no part in it. */
  int historyId = -1;

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

  /** The call in the words of the key-value model; null if the model does not know it. */
  @Nullable Call modelCall() {
    String name = "k" + key;
    KvCommand written = command;
    if (written == null) {
      return Call.of("get", name);
    }
    if (!written.once()) {
      return null;
    }
    return switch (written.op()) {
      case PUT -> Call.of("put", name, Long.toString(written.a()));
      case GET -> Call.of("get", name);
      case CAS ->
          written.a() == 0
              ? Call.of("create", name, Long.toString(written.b()))
              : Call.of("cas", name, Long.toString(written.a()), Long.toString(written.b()));
      case ADD -> Call.of("incr", name, Long.toString(written.a()));
      case FAIL -> null;
    };
  }

  /** The answer in the words of the key-value model. */
  @Nullable String modelAnswer(KvAnswer given) {
    KvCommand written = command;
    KvCommand.Op op = written == null ? KvCommand.Op.GET : written.op();
    return switch (op) {
      case PUT, FAIL -> null;
      case GET -> given.value() == 0 ? null : Long.toString(given.value());
      case CAS -> Boolean.toString(given.ok());
      case ADD -> Long.toString(given.value());
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
