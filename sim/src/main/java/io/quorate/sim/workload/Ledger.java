// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.error.ConsensusException.Outcome;
import io.quorate.sim.check.Call;
import io.quorate.sim.check.Effect;
import io.quorate.sim.check.History;
import io.quorate.sim.check.Linearizability;
import io.quorate.sim.check.Models;
import io.quorate.sim.check.SessionMonotonic;
import io.quorate.sim.check.SessionMonotonic.Tokens;
import io.quorate.sim.check.StaleReads;
import io.quorate.sim.check.Verdict;
import io.quorate.sim.oracle.Oracle;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.workload.KvCommand.Op;
import io.quorate.sim.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients asked and were told, against what the replicated state really did.
 *
 * <p>Every answer names the index of the state that it comes from. So each can be checked when it
 * arrives: it must be what the one log gives at that index, and the index must not contradict real
 * time. That is linearizability in linear time, given the log. At the end the checkers of {@code
 * sim.check}, which know nothing of this class, look at the same history once more.
 */
public final class Ledger implements SimKv.Watcher {
  private static final Linearizability.Limits SEARCH =
      new Linearizability.Limits(300_000, Duration.ofHours(1)); // steps end it, never the clock

  /** By how much a replica's clock may run slow while it measures the longest bound. */
  private static final long CLOCK_SLACK_NANOS = 5_000_001;

  private record Applied(long id, KvAnswer answer) {}

  private record Known(long nanos, long index) {}

  private final World world;
  private final Oracle oracle;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<Long, Applied> effects = new HashMap<>();
  private final Map<Long, Long> indexOfOnce = new HashMap<>();
  private final Map<Integer, TreeMap<Long, Long>> valuesByKey = new TreeMap<>();
  private final List<Known> known = new ArrayList<>();
  private long knownIndex;
  private long applied;
  private boolean undecided;

  private final History history = new History();

  /** A ledger without entries. */
  public Ledger(World world, Oracle oracle) {
    this.world = world;
    this.oracle = oracle;
    known.add(new Known(0, 0));
  }

  /** All operations in the order of their calls. */
  List<Operation> operations() {
    return operations;
  }

  /** Number of operations called so far. */
  public long called() {
    return operations.size();
  }

  /** Number of operations that ended with a result. */
  public long completed() {
    return operations.stream()
        .filter(operation -> operation.verdict == Operation.Verdict.DONE)
        .count();
  }

  /** Highest index that later linearizable reads must see. */
  long knownIndex() {
    return knownIndex;
  }

  /** What {@link #knownIndex} was at a time. */
  private long knownIndexAt(long nanos) {
    int low = 0;
    int high = known.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (known.get(middle).nanos() <= nanos) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return known.get(low).nanos() <= nanos ? known.get(low).index() : 0;
  }

  /** A client calls. */
  void call(Operation operation) {
    operations.add(operation);
    Call call = operation.modelCall();
    if (call != null) {
      int client = (int) (operation.id >>> 32);
      operation.historyId = history.call(client, call, operation.consistency, world.now());
    }
    world.tell(TraceKind.CALL, operation.client, null, operation, operation.id);
  }

  /** A client was told that its command took effect. */
  void done(Operation operation, long index, KvAnswer answer) {
    operation.verdict = Operation.Verdict.DONE;
    operation.endedNanos = world.now();
    operation.index = index;
    operation.answer = answer;
    if (operation.historyId >= 0) {
      history.ok(operation.historyId, operation.modelAnswer(answer), index, world.now());
    }
    world.tell(TraceKind.REPLY, operation.client, null, operation, index);
    if (operation.command != null) {
      checkWrite(operation, answer);
    } else {
      world.coverage().hit("read." + kindOf(operation.consistency));
      checkRead(operation, answer);
    }
    if (index > knownIndex && makesKnown(operation)) {
      knownIndex = index;
      known.add(new Known(world.now(), index));
    }
  }

  private boolean makesKnown(Operation operation) {
    return oracle.traits().shownIsKnown()
        || operation.command != null
        || operation.consistency instanceof ReadConsistency.Linearizable
        || operation.consistency instanceof ReadConsistency.Lease;
  }

  /** A client was told otherwise. */
  void refused(Operation operation, Outcome outcome, String why) {
    operation.refused(outcome, world.now());
    if (operation.historyId >= 0 && operation.verdict == Operation.Verdict.REFUSED) {
      history.fail(operation.historyId, why, world.now());
    } else if (operation.historyId >= 0) {
      history.info(operation.historyId, why, world.now());
    }
    world.coverage().hit("operation." + operation.verdict + " " + why);
    world.tell(TraceKind.REPLY, operation.client, null, operation + " " + why, outcome.ordinal());
  }

  private static String kindOf(@Nullable ReadConsistency consistency) {
    return consistency == null
        ? "linearizable"
        : consistency.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private void checkWrite(Operation operation, KvAnswer answer) {
    Applied effect = effects.get(operation.index);
    KvCommand command = operation.command;
    if (effect == null || effect.id() != operation.id) {
      world.fail(
          operation.client + " was told " + operation + ", but that command is another: " + effect);
    } else if (!effect.answer().equals(answer)) {
      world.fail(operation + " was answered wrongly, the log gives " + effect.answer());
    } else if (operation.index <= operation.knownIndex && command != null && command.once()) {
      world.fail(
          operation + " took effect before index " + operation.knownIndex + ", known at its call");
    }
  }

  private void checkRead(Operation operation, KvAnswer answer) {
    TreeMap<Long, Long> values = valuesByKey.get(operation.key);
    Map.Entry<Long, Long> entry = values == null ? null : values.floorEntry(answer.index());
    long value = entry == null ? 0 : entry.getValue();
    if (value != answer.value()) {
      world.fail(
          operation
              + " read a value that was never there, the log gives "
              + value
              + " at "
              + answer.index());
    }
    ReadConsistency consistency = operation.consistency;
    long least =
        switch (consistency) {
          case ReadConsistency.Linearizable linearizable -> operation.knownIndex;
          case ReadConsistency.Lease lease -> operation.knownIndex;
          // Measured by the replica's clock, which may run a little slow.
          case ReadConsistency.Bounded bounded ->
              knownIndexAt(
                  operation.calledNanos - bounded.maxStaleness().toNanos() * 1001 / 1000 - 1);
          case ReadConsistency.Local local -> local.minIndex();
          case null -> 0;
        };
    if (answer.index() < least) {
      world.fail(
          "stale read: " + operation + " saw index " + answer.index() + ", must see " + least);
    }
  }

  @Override
  public void onApplied(
      NodeId node, long index, KvCommand command, KvAnswer answer, long digest, boolean repeated) {
    oracle.onState(node, index, digest);
    if (repeated) {
      world.fail("applied twice: operation " + command.id() + " again at index " + index);
    }
    if (effects.putIfAbsent(index, new Applied(command.id(), answer)) != null) {
      return;
    }
    applied++;
    if (command.once()) {
      Long other = indexOfOnce.putIfAbsent(command.id(), index);
      if (other != null) {
        world.fail("operation " + command.id() + " took effect at " + other + " and " + index);
      }
    }
    boolean changes = command.op() == Op.PUT || command.op() == Op.ADD;
    if (command.op() == Op.CAS && answer.ok()) {
      value(command.key(), index, command.b());
    } else if (changes) {
      value(command.key(), index, command.op() == Op.PUT ? command.a() : answer.value());
    }
  }

  private void value(int key, long index, long value) {
    valuesByKey.computeIfAbsent(key, k -> new TreeMap<>()).put(index, value);
  }

  @Override
  public void onRestored(NodeId node, long index, long digest) {
    if (index > 0) {
      oracle.onState(node, index, digest);
    }
  }

  /** User commands applied so far, each counted once. */
  public long applied() {
    return applied;
  }

  /** What clients saw, for checkers that know nothing of this ledger. */
  public History history() {
    return history;
  }

  /** What can only be said at the end. */
  public void checkAll() {
    checkEffects();
    if (world.failure() != null) {
      return;
    }
    List<Effect> found = new ArrayList<>();
    for (Operation operation : operations) {
      Long index = indexOfOnce.get(operation.id);
      if (index != null && operation.historyId >= 0) {
        history.hint(operation.historyId, index);
        found.add(new Effect(operation.historyId, index));
      }
    }
    conclude(Linearizability.check(history, Models.keyValue(), SEARCH));
    boolean shownIsKnown = oracle.traits().shownIsKnown();
    conclude(StaleReads.check(history, Models.keyValue(), found, CLOCK_SLACK_NANOS, shownIsKnown));
    conclude(SessionMonotonic.check(history, shownIsKnown ? Tokens.AS_PASSED : Tokens.UNBINDING));
  }

  /** A property that is not shown to hold fails the run, whether it is broken or undecided. */
  void conclude(Verdict verdict) {
    switch (verdict) {
      case Verdict.Passed passed -> {}
      case Verdict.Violated violated -> world.fail(violated.text());
      case Verdict.Undecided open -> {
        world.coverage().hit("search.undecided");
        undecided |= world.failure() == null;
        world.fail(open.text());
      }
    }
  }

  /** Whether the run failed only because a check found no verdict within its limits. */
  public boolean undecided() {
    return undecided;
  }

  private void checkEffects() {
    Map<Long, Operation> lastOrdered = new TreeMap<>();
    for (Operation operation : operations) {
      if (operation.command == null || !operation.command.once()) {
        continue;
      }
      Long index = indexOfOnce.get(operation.id);
      switch (operation.verdict) {
        case REFUSED -> {
          if (index != null) {
            world.fail(operation + " was refused for sure, but took effect at index " + index);
          }
        }
        case DONE_WITHOUT_RESULT -> {
          if (index == null) {
            world.fail(operation + " was said to have taken effect, but did not");
          }
        }
        case DONE -> {
          if (index == null) {
            world.fail(operation + " was acknowledged and is lost");
          }
        }
        case OPEN, UNKNOWN -> {}
      }
      if (operation.ordered && index != null) {
        Operation before = lastOrdered.put(operation.session, operation);
        Long indexBefore = before == null ? null : indexOfOnce.get(before.id);
        if (indexBefore != null && indexBefore > index) {
          world.fail(before + " took effect after " + operation + " of the same ordered session");
        }
      }
    }
  }
}
