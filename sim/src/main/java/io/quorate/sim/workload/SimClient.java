// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.api.ReadConsistency;
import io.quorate.api.Receipt;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.api.SessionOptions.Order;
import io.quorate.api.error.ConsensusException;
import io.quorate.api.error.ConsensusException.Outcome;
import io.quorate.api.error.SessionExpired;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.World;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A user of the client library: thinks, calls, notes what it was told. Lives on the event queue;
 * futures complete on it, too.
 */
final class SimClient {
  private final World world;
  private final String name;
  private final int number;
  private final ReplicatedLog log;
  private final Ledger ledger;
  private final WorkloadOptions options;
  private final SimRandom random;
  private @Nullable Session session;
  private boolean opening;
  private boolean ordered;
  private long serial;
  private long ordinal;
  private int inFlight;
  private long lastIndex;
  private long lastSeen;
  private boolean stopped;
  private boolean proving;
  private boolean proved;

  SimClient(World world, int number, ReplicatedLog log, Ledger ledger, WorkloadOptions options) {
    this.world = world;
    this.name = "c" + number;
    this.number = number;
    this.log = log;
    this.ledger = ledger;
    this.options = options;
    this.random = world.random("workload/" + name);
  }

  void start() {
    think();
  }

  /** Calls nothing new any more. */
  void stop() {
    stopped = true;
  }

  /** Calls one more command, again and again until it is acknowledged. */
  void prove() {
    proving = true;
    act();
  }

  /** Whether {@link #prove} has succeeded. */
  boolean hasProved() {
    return proved;
  }

  /** Calls that were not answered yet. */
  int inFlight() {
    return inFlight;
  }

  private void think() {
    world.after(1_000 + random.exponential(options.thinkMeanNanos()), this::act);
  }

  private void act() {
    boolean proof = proving && !proved;
    if (stopped && !proof) {
      return;
    }
    if (session == null) {
      openSession();
    } else if (proof || inFlight < options.inFlightMax()) {
      if (!proof && random.chance(options.sessionEndRate())) {
        endSession();
      } else if (!proof && random.chance(options.readRate())) {
        read();
      } else if (!proof && random.chance(options.plainRate())) {
        plain();
      } else {
        write(session, proof);
      }
    }
    if (!proof) {
      think();
    }
  }

  private void openSession() {
    if (opening) {
      return;
    }
    opening = true;
    ordered = random.chance(options.orderedRate());
    SessionOptions wanted =
        new SessionOptions(ordered ? Order.SUBMISSION : Order.NONE, options.sessionExpiry());
    log.openSession(wanted)
        .whenComplete((opened, failure) -> {
          opening = false;
          if (opened != null) {
            world.coverage().hit("session.opened");
            session = opened;
          }
          if (proving && !proved) {
            world.after(20_000_000, this::act);
          }
        });
  }

  private void endSession() {
    world.coverage().hit("session.ended");
    Session ended = session;
    session = null;
    if (ended != null && random.chance(0.7)) {
      ended.close();
    } // else it is forgotten, and must expire
  }

  private long nextId() {
    return ((long) number << 32) | ++serial;
  }

  private KvCommand draw(long id) {
    int key = random.below(options.keys());
    int padding = options.paddingMax() == 0 ? 0 : random.below(options.paddingMax());
    long value = id & 0xffff_ffffL | (long) number << 40;
    int dice = random.below(100);
    if (dice < 45) {
      return new KvCommand(KvCommand.Op.PUT, id, true, key, value, 0, padding);
    }
    if (dice < 55) {
      return new KvCommand(KvCommand.Op.GET, id, true, key, 0, 0, padding);
    }
    if (dice < 75) {
      return new KvCommand(KvCommand.Op.ADD, id, true, key, 1, 0, padding);
    }
    if (dice < 98) {
      long expected = random.chance(0.3) ? 0 : lastSeen;
      return new KvCommand(KvCommand.Op.CAS, id, true, key, expected, value, padding);
    }
    return new KvCommand(KvCommand.Op.FAIL, id, true, key, 0, 0, padding);
  }

  private void write(Session in, boolean proof) {
    long id = nextId();
    KvCommand command = proof ? new KvCommand(KvCommand.Op.PUT, id, true, 0, id, 0, 0) : draw(id);
    Operation operation =
        new Operation(
            name,
            id,
            command,
            null,
            command.key(),
            in.id(),
            ordered,
            ++ordinal,
            world.now(),
            ledger.knownIndex());
    ledger.call(operation);
    inFlight++;
    in.submit(command.encode())
        .whenComplete((receipt, failure) -> onWritten(operation, in, receipt, failure));
  }

  private void onWritten(
      Operation operation, Session in, @Nullable Receipt receipt, @Nullable Throwable failure) {
    inFlight--;
    if (receipt != null) {
      KvAnswer answer = KvAnswer.decode(receipt.result());
      lastSeen = answer.value();
      lastIndex = Math.max(lastIndex, receipt.index());
      ledger.done(operation, receipt.index(), answer);
      proved |= proving;
    } else {
      ConsensusException why = unwrap(failure);
      ledger.refused(operation, why.outcome(), why.getClass().getSimpleName());
      if (why instanceof SessionExpired
          || (why.outcome() == Outcome.INDETERMINATE && random.chance(0.3))) {
        if (in.equals(session)) {
          session = null;
        }
      }
    }
    if (proving && !proved) {
      world.after(5_000_000, this::act);
    }
  }

  private void plain() {
    long id = nextId();
    KvCommand command =
        new KvCommand(KvCommand.Op.PUT, id, false, 1_000 + random.below(options.keys()), id, 0, 0);
    Operation operation =
        new Operation(
            name, id, command, null, command.key(), 0, false, 0, world.now(), ledger.knownIndex());
    ledger.call(operation);
    inFlight++;
    log.submitIdempotent(command.encode())
        .whenComplete((receipt, failure) -> {
          inFlight--;
          if (receipt != null) {
            ledger.done(operation, receipt.index(), KvAnswer.decode(receipt.result()));
          } else {
            ConsensusException why = unwrap(failure);
            ledger.refused(operation, why.outcome(), why.getClass().getSimpleName());
          }
        });
  }

  private void read() {
    int key = random.below(options.keys());
    Operation operation =
        new Operation(
            name,
            nextId(),
            null,
            consistency(),
            key,
            0,
            false,
            0,
            world.now(),
            ledger.knownIndex());
    ReadConsistency consistency = operation.consistency;
    ledger.call(operation);
    inFlight++;
    CompletableFuture<byte[]> answer =
        log.read(
            SimKv.queryOf(key), consistency == null ? ReadConsistency.LINEARIZABLE : consistency);
    answer.whenComplete((bytes, failure) -> {
      inFlight--;
      if (bytes != null) {
        KvAnswer decoded = KvAnswer.decode(bytes);
        lastSeen = decoded.value();
        ledger.done(operation, decoded.index(), decoded);
      } else {
        ConsensusException why = unwrap(failure);
        ledger.refused(operation, why.outcome(), why.getClass().getSimpleName());
      }
    });
  }

  private ReadConsistency consistency() {
    int dice = random.below(100);
    if (dice < 60) {
      return ReadConsistency.LINEARIZABLE;
    }
    if (dice < 75) {
      return ReadConsistency.local(random.chance(0.5) ? lastIndex : 0);
    }
    if (dice < 90 || !options.leaseReads()) {
      return ReadConsistency.bounded(Duration.ofMillis(random.between(50, 5_000)));
    }
    return ReadConsistency.LEASE;
  }

  private ConsensusException unwrap(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ConsensusException known) {
      return known;
    }
    throw new IllegalStateException("a future ended with what is no answer", cause);
  }
}
