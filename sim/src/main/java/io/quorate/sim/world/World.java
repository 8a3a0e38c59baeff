// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.world;

import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.trace.TraceLog;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: one queue of events ordered by (time, sequence), run by the caller's thread. Time
 * jumps from event to event, so idle hours cost nothing.
 *
 * <p>Not safe for several threads. The first failure ends the run.
 */
public final class World {
  /** What an event does. */
  public interface Action {
    /** Runs at the event's time. */
    void run();
  }

  /** An event that may be called off. */
  public static final class Timer implements Comparable<Timer> {
    private final long nanos;
    private final long sequence;
    private @Nullable Action action;

    Timer(long nanos, long sequence, Action action) {
      this.nanos = nanos;
      this.sequence = sequence;
      this.action = action;
    }

    /** Time at which it is due. */
    public long nanos() {
      return nanos;
    }

    /** Calls it off; of no effect once it ran. */
    public void cancel() {
      action = null;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Timer> queue = new PriorityQueue<>(1024);
  private final SimRandom random;
  private final TraceLog trace;
  private final Coverage coverage = new Coverage();
  private final long eventsMax;
  private long now;
  private long sequence;
  private long events;
  private @Nullable String failure;

  /**
   * A world at time 0 in which nothing is planned.
   *
   * @param seed of every random stream
   * @param eventsMax the run fails beyond this number of events
   */
  public World(long seed, long eventsMax, TraceLog trace) {
    this.random = new SimRandom(seed);
    this.eventsMax = eventsMax;
    this.trace = trace;
  }

  /** Virtual time in nanoseconds since the start. */
  public long now() {
    return now;
  }

  /** The random stream with this name. */
  public SimRandom random(String name) {
    return random.child(name);
  }

  /** What happened so far. */
  public TraceLog trace() {
    return trace;
  }

  /** Counts of what happened, by name. */
  public Coverage coverage() {
    return coverage;
  }

  /** Number of events run so far. */
  public long events() {
    return events;
  }

  /** Plans an event at a time, which may be now but not earlier. */
  public Timer at(long nanos, Action action) {
    Timer timer = new Timer(Math.max(nanos, now), sequence++, action);
    queue.add(timer);
    return timer;
  }

  /** Plans an event after a delay. */
  public Timer after(long delayNanos, Action action) {
    return at(now + delayNanos, action);
  }

  /** Adds a line to the trace at the present time. */
  public void tell(TraceKind kind, String at, @Nullable String peer, Object what, long digest) {
    trace.add(now, kind, at, peer, what, digest);
  }

  /** Ends the run as failed; the first failure stands. */
  public void fail(String what) {
    if (failure == null) {
      failure = what;
      tell(TraceKind.VIOLATION, "world", null, what, 0);
    }
  }

  /** What made the run fail; null while nothing did. */
  public @Nullable String failure() {
    return failure;
  }

  /** Runs the next event; false if none is planned or the run has failed. */
  public boolean step() {
    while (failure == null) {
      Timer timer = queue.poll();
      if (timer == null) {
        return false;
      }
      Action action = timer.action;
      if (action == null) {
        continue;
      }
      now = timer.nanos;
      timer.action = null;
      events++;
      if (events > eventsMax) {
        fail("no end after " + eventsMax + " events");
        return false;
      }
      trace.mix(now);
      action.run();
      return failure == null;
    }
    return false;
  }

  /** Runs all events up to and including a time, and sets the clock to it. */
  public void runUntil(long nanos) {
    while (failure == null) {
      dropCancelled();
      Timer next = queue.peek();
      if (next == null || next.nanos > nanos) {
        now = Math.max(now, nanos);
        return;
      }
      step();
    }
  }

  /**
   * Runs until a condition holds, which is asked before the first and after every event.
   *
   * @return false if the time came first, nothing was left to run, or the run failed
   */
  public boolean runUntil(BooleanSupplier condition, long nanos) {
    while (failure == null) {
      if (condition.getAsBoolean()) {
        return true;
      }
      dropCancelled();
      Timer next = queue.peek();
      if (next == null || next.nanos > nanos) {
        now = Math.max(now, nanos);
        return false;
      }
      step();
    }
    return false;
  }

  private void dropCancelled() {
    Timer next = queue.peek();
    while (next != null && next.action == null) {
      queue.poll();
      next = queue.peek();
    }
  }
}
