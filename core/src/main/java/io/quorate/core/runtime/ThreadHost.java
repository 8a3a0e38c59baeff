// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Clock;
import io.quorate.core.protocol.Now;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives each actor a thread of its own, parked while nothing waits. Other threads may lend
 * themselves for a turn ({@link ActorHost.Handle#wakeHere}): on a machine with few processors,
 * waking a thread costs more than most turns.
 */
public final class ThreadHost implements ActorHost {
  /** A thread that lent itself for a turn must get back to its own work. */
  private static final int LENT_TURNS_MAX = 2;

  private final Clock clock;

  /** Reads time from {@code clock}, once for each turn. */
  public ThreadHost(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Handle host(String name, Actor actor, FailureHandler onFailure) {
    Turner turner = new Turner(clock, actor, onFailure);
    Thread thread = new Thread(turner, name);
    thread.setDaemon(true);
    turner.begin(thread);
    return turner;
  }

  /**
   * Turns one actor. Whoever sets {@link #OWNED} gives the turns and clears it afterwards; whoever
   * finds it set leaves {@link #WOKEN} behind, and the owner goes around once more.
   */
  private static final class Turner implements Runnable, Handle {
    private static final int OWNED = 1;
    private static final int WOKEN = 2;
    private static final VarHandle STATE;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Turner.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final Clock clock;
    private final Actor actor;
    private final FailureHandler onFailure;

    @SuppressWarnings("UnusedVariable") // by STATE
    private volatile int state = OWNED; // by the actor's own thread, which begins

    /** When the actor wants its next turn; written by the owner before it lets go. */
    private volatile long dueNanos;

    /** Until when the actor's own thread sleeps, whatever is written above afterwards. */
    private volatile long asleepUntilNanos = Long.MIN_VALUE;

    /** Ownership was left to the actor's own thread. */
    private volatile boolean handed = true;

    private volatile boolean closed;

    /** Who gives a turn right now; only of use to that thread itself. */
    private @Nullable Thread turning;

    private Thread thread = Thread.currentThread();

    Turner(Clock clock, Actor actor, FailureHandler onFailure) {
      this.clock = clock;
      this.actor = actor;
      this.onFailure = onFailure;
    }

    void begin(Thread own) {
      thread = own;
      own.start();
    }

    @Override
    public void run() {
      while (true) {
        boolean own = handed || STATE.compareAndSet(this, 0, OWNED);
        if (own) {
          handed = false;
          if (closed || !turns(Integer.MAX_VALUE)) {
            return; // the ownership goes with the thread: there are no more turns
          }
        }
        sleep(own ? dueNanos : Long.MAX_VALUE);
      }
    }

    /**
     * Gives turns until none is due, or as many as allowed; then lets go.
     *
     * @return false if there are no more turns at all, and the ownership was kept
     */
    private boolean turns(int most) {
      try {
        for (int given = 0; ; given++) {
          if (closed || given == most) {
            handed = true; // the actor's own thread goes on, or ends
            LockSupport.unpark(thread);
            return !closed;
          }
          // Before the turn looks at its queues: what is offered later finds us at it and wakes.
          STATE.setVolatile(this, OWNED);
          turning = Thread.currentThread();
          Now now = clock.now();
          long due = actor.turn(now);
          turning = null;
          dueNanos = due;
          if (due > now.monotonicNanos() && STATE.compareAndSet(this, OWNED, 0)) {
            if (due < asleepUntilNanos) {
              LockSupport.unpark(thread);
            }
            return true;
          }
        }
      } catch (Throwable failure) { // a turn's top: whatever it was, the replica must halt
        closed = true;
        onFailure.onFailure(failure);
        handed = true;
        LockSupport.unpark(thread);
        return false;
      }
    }

    /** Sleeps until then, unless there is a reason not to; may return early. */
    private void sleep(long untilNanos) {
      asleepUntilNanos = untilNanos;
      // Whoever let go before it could see that we sleep has left its due time.
      boolean missed = (int) STATE.getVolatile(this) == 0 && dueNanos < untilNanos;
      if (!missed && !handed && !closed) {
        if (untilNanos == Long.MAX_VALUE) {
          LockSupport.park(this);
        } else {
          long wait = untilNanos - clock.now().monotonicNanos();
          if (wait > 0) {
            LockSupport.parkNanos(this, wait);
          }
        }
      }
      asleepUntilNanos = Long.MIN_VALUE;
    }

    @Override
    public void wake() {
      // Not a read first: what was offered before must be visible to the turn that follows, and
      // only an exchange is a full fence. With a plain read an offer could be passed over while
      // the actor parks.
      if (((int) STATE.getAndBitwiseOr(this, OWNED | WOKEN) & OWNED) == 0) {
        handed = true;
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void wakeHere() {
      if (((int) STATE.getAndBitwiseOr(this, OWNED | WOKEN) & OWNED) == 0) {
        boolean unused = turns(LENT_TURNS_MAX);
      }
    }

    @Override
    public void close() {
      closed = true;
      wake();
      LockSupport.unpark(thread);
      Thread current = Thread.currentThread();
      if (current.equals(thread) || current.equals(turning)) {
        return;
      }
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        current.interrupt();
      }
    }
  }
}
