// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Draws what happens to each request. Safe for several threads. */
final class Dice {
  private static final long SLOW_LIST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Latency latency;
  private Faults faults;
  private final SplittableRandom random;

  Dice(Latency latency, Faults faults) {
    this.latency = latency;
    this.faults = faults;
    random = new SplittableRandom(faults.seed());
  }

  /** What may go wrong with a request. */
  enum Fault {
    NONE,
    THROTTLED,
    CONFLICT,
    ERROR_EXECUTED,
    ERROR_NOT_EXECUTED,
    LOST,
    LATE
  }

  /** What happens to one request: it is executed between its two pauses. */
  record Throw(Fault fault, long nanosBefore, long nanosAfter, long lateNanos) {}

  /** From now on these go wrong. */
  synchronized void set(Faults other) {
    faults = other;
  }

  synchronized Throw roll(S3Request request) {
    long nanos = latency.nanos(request.writes(), random);
    if (request.lists() && random.nextDouble() < faults.slowLists()) {
      nanos += SLOW_LIST_NANOS;
    }
    long before = (long) (nanos * random.nextDouble());
    long lateNanos = TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(faults.lateMillisMax()));
    return new Throw(fault(request), before, nanos - before, lateNanos);
  }

  private Fault fault(S3Request request) {
    double point = random.nextDouble();
    boolean coin = random.nextBoolean();
    double threshold = faults.throttled();
    if (point < threshold) {
      return Fault.THROTTLED;
    }
    threshold += faults.errors();
    if (point < threshold) {
      return coin ? Fault.ERROR_EXECUTED : Fault.ERROR_NOT_EXECUTED;
    }
    threshold += faults.lost();
    if (point < threshold) {
      return Fault.LOST;
    }
    threshold += faults.late();
    if (point < threshold) {
      return request.writes() ? Fault.LATE : Fault.LOST;
    }
    threshold += faults.conflicts();
    return point < threshold && request.conditionalWrite() ? Fault.CONFLICT : Fault.NONE;
  }
}
