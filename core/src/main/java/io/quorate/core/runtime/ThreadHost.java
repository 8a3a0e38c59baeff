// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Clock;
import io.quorate.core.protocol.Now;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives each actor a thread of its own, parked while nothing waits. Other threads may lend
 * themselves for a turn ({@link ActorHost.Handle#wakeHere}): on a machine with few processors,
 * waking a thread costs more than most turns.
 *
 * <p>A thread that has had nothing to do for a while ends, and another one is started when there is
 * work again: a process may hold a thousand replicas of which most are idle, and most actors of a
 * busy one are.
 */
public final class ThreadHost implements ActorHost {
  /** A thread that lent itself for a turn must get back to its own work. */
  private static final int LENT_TURNS_MAX = 2;

  /** A thread is started in a tenth of a millisecond, which nobody notices so rarely. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final Clock clock;
  private final long lingerNanos;

  /** Reads time from {@code clock}, once for each turn. */
  public ThreadHost(Clock clock) {
    this(clock, LINGER);
  }

  /** With threads that end after so long without work. */
  ThreadHost(Clock clock, Duration linger) {
    this.clock = clock;
    this.lingerNanos = linger.toNanos();
  }

  @Override
  public Handle host(String name, Actor actor, FailureHandler onFailure) {
    Turner turner = new Turner(name, clock, lingerNanos, actor, onFailure);
    turner.begin();
    return turner;
  }

  /** Brings back the threads of actors that want a turn in the far future: one thread for all. */
  private static final class Alarms {
    private static final ScheduledThreadPoolExecutor INSTANCE =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "quorate-alarms");
              thread.setDaemon(true);
              return thread;
            });

    static {
      INSTANCE.setRemoveOnCancelPolicy(true);
    }

    static Future<?> after(long nanos, Runnable task) {
      return INSTANCE.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Turns one actor. Whoever sets {@link #OWNED} gives the turns and clears it afterwards; whoever
   * finds it set leaves {@link #WOKEN} behind, and the owner goes around once more.
   *
   * <p>The actor's own thread says that it ends ({@link #retired}) before it looks for the last
   * time whether it is wanted; whoever wants it says so before looking whether it ended. So one of
   * the two sees the other, and who takes the word back, by an exchange, keeps the thread or starts
   * the next one.
   */
  private static final class Turner implements Runnable, Handle {
    private static final int OWNED = 1;
    private static final int WOKEN = 2;
    private static final VarHandle STATE;
    private static final VarHandle RETIRED;

    static {
      try {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        STATE = lookup.findVarHandle(Turner.class, "state", int.class);
        RETIRED = lookup.findVarHandle(Turner.class, "retired", boolean.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final String name;
    private final Clock clock;
    private final long lingerNanos;
    private final Actor actor;
    private final FailureHandler onFailure;

    /** Zero once there will be no more turns. */
    private final CountDownLatch over = new CountDownLatch(1);

    @SuppressWarnings("UnusedVariable") // by STATE
    private volatile int state = OWNED; // by the actor's own thread, which begins

    /** When the actor wants its next turn; written by the owner before it lets go. */
    private volatile long dueNanos;

    /** Until when the actor's own thread sleeps, whatever is written above afterwards. */
    private volatile long asleepUntilNanos = Long.MIN_VALUE;

    /** Ownership was left to the actor's own thread. */
    private volatile boolean handed = true;

    private volatile boolean closed;

    /** The actor has no thread of its own at the moment. */
    private volatile boolean retired;

    /** When the last turn began; written by the owner, read by the own thread as a hint. */
    private long lastTurnNanos;

    /** Who gives a turn right now; only of use to that thread itself. */
    private @Nullable Thread turning;

    private volatile Thread thread = Thread.currentThread();

    /** Brings back the own thread; used by one own thread after the other. */
    private @Nullable Future<?> alarm;

    Turner(String name, Clock clock, long lingerNanos, Actor actor, FailureHandler onFailure) {
      this.name = name;
      this.clock = clock;
      this.lingerNanos = lingerNanos;
      this.actor = actor;
      this.onFailure = onFailure;
    }

    /** Starts a thread of the actor's own; there must be none. */
    void begin() {
      Thread own = new Thread(this, name);
      own.setDaemon(true);
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
            setAlarm(Long.MAX_VALUE);
            over.countDown();
            return; // the ownership goes with the thread: there are no more turns
          }
        }
        if (!sleep(own ? dueNanos : Long.MAX_VALUE)) {
          return;
        }
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
            rouse();
            return !closed;
          }
          // Before the turn looks at its queues: what is offered later finds us at it and wakes.
          STATE.setVolatile(this, OWNED);
          turning = Thread.currentThread();
          Now now = clock.now();
          lastTurnNanos = now.monotonicNanos();
          long due = actor.turn(now);
          turning = null;
          dueNanos = due;
          if (due > now.monotonicNanos() && STATE.compareAndSet(this, OWNED, 0)) {
            if (due < asleepUntilNanos) {
              rouse();
            }
            return true;
          }
        }
      } catch (Throwable failure) { // a turn's top: whatever it was, the replica must halt
        closed = true;
        onFailure.onFailure(failure);
        handed = true;
        rouse();
        return false;
      }
    }

    /** The actor's own thread is wanted: it wakes up, or there is a new one. */
    private void rouse() {
      if (retired && RETIRED.compareAndSet(this, true, false)) {
        try {
          begin();
        } catch (OutOfMemoryError failure) { // the system gives no more threads
          closed = true;
          over.countDown();
          onFailure.onFailure(failure);
        }
      } else {
        LockSupport.unpark(thread);
      }
    }

    /**
     * Sleeps until then, unless there is a reason not to; may return early.
     *
     * @return false if the own thread is to end
     */
    private boolean sleep(long untilNanos) {
      asleepUntilNanos = untilNanos;
      if (!isWanted(untilNanos)) {
        if (untilNanos == Long.MAX_VALUE) {
          LockSupport.parkNanos(this, lingerNanos);
        } else {
          long wait = untilNanos - clock.now().monotonicNanos();
          if (wait > 0) {
            LockSupport.parkNanos(this, Math.min(wait, lingerNanos));
          }
        }
        if (!isWanted(untilNanos) && isLongIdle(untilNanos) && retires(untilNanos)) {
          return false; // and sleeps until then, for whoever asks
        }
      }
      asleepUntilNanos = Long.MIN_VALUE;
      return true;
    }

    /** Whether somebody handed the ownership over, or let go before it could see that we sleep. */
    private boolean isWanted(long untilNanos) {
      boolean missed = (int) STATE.getVolatile(this) == 0 && dueNanos < untilNanos;
      return missed || handed || closed;
    }

    /** Whether nothing was done for long, and nothing is to be done for long. */
    private boolean isLongIdle(long untilNanos) {
      long now = clock.now().monotonicNanos();
      return now - lastTurnNanos >= lingerNanos
          && (untilNanos == Long.MAX_VALUE || untilNanos - now > lingerNanos);
    }

    /** Says that the own thread ends; false if it is wanted after all, and stays. */
    private boolean retires(long untilNanos) {
      setAlarm(untilNanos);
      retired = true;
      return !(isWanted(untilNanos) && RETIRED.compareAndSet(this, true, false));
    }

    private void setAlarm(long atNanos) {
      Future<?> earlier = alarm;
      if (earlier != null) {
        boolean unused = earlier.cancel(false);
      }
      alarm =
          atNanos == Long.MAX_VALUE
              ? null
              : Alarms.after(atNanos - clock.now().monotonicNanos(), this::rouse);
    }

    @Override
    public void wake() {
      // Not a read first: what was offered before must be visible to the turn that follows, and
      // only an exchange is a full fence. With a plain read an offer could be passed over while
      // the actor parks.
      if (((int) STATE.getAndBitwiseOr(this, OWNED | WOKEN) & OWNED) == 0) {
        handed = true;
        rouse();
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
      rouse();
      Thread current = Thread.currentThread();
      if (current.equals(thread) || current.equals(turning)) {
        return;
      }
      boolean interrupted = false;
      while (true) {
        try {
          over.await();
          break;
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
