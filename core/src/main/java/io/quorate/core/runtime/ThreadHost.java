// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Clock;
import io.quorate.core.protocol.Now;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Gives each actor a thread of its own, parked while nothing waits. */
public final class ThreadHost implements ActorHost {
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

  private static final class Turner implements Runnable, Handle {
    private static final int RUNNING = 0;
    private static final int WOKEN = 1;
    private static final int PARKED = 2;

    private final Clock clock;
    private final Actor actor;
    private final FailureHandler onFailure;
    private final AtomicInteger state = new AtomicInteger(RUNNING);
    private volatile boolean closed;
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
      try {
        while (!closed) {
          // Before the turn looks at its queues: what is offered later finds us running and wakes.
          state.set(RUNNING);
          Now now = clock.now();
          long due = actor.turn(now);
          if (due <= now.monotonicNanos() || !state.compareAndSet(RUNNING, PARKED)) {
            continue;
          }
          if (closed) { // the permit of close() may have been taken by a lock within the turn
            return;
          }
          if (due == Long.MAX_VALUE) {
            LockSupport.park(this);
          } else {
            LockSupport.parkNanos(this, due - now.monotonicNanos());
          }
        }
      } catch (Throwable failure) { // a thread's top: whatever it was, the replica must halt
        onFailure.onFailure(failure);
      }
    }

    @Override
    public void wake() {
      // Not a read first: what was offered before must be visible to the turn that follows, and
      // only an exchange is a full fence. With a plain read an offer could be passed over while
      // the actor parks.
      if (state.getAndSet(WOKEN) == PARKED) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void close() {
      closed = true;
      state.set(WOKEN);
      LockSupport.unpark(thread);
      if (Thread.currentThread().equals(thread)) {
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
        Thread.currentThread().interrupt();
      }
    }
  }
}
