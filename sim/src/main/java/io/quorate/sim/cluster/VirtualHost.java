// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.protocol.Now;
import io.quorate.sim.clock.SimClock;
import io.quorate.sim.world.SimulatedCrash;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives turns to the actors of one process: the event queue takes the place of threads. A wake
 * becomes a turn a little later, a deadline becomes a turn at that time.
 */
final class VirtualHost implements ActorHost {

  /** How the process's machine treats its actors. */
  interface Machine {
    /** Time from a wake to the turn. */
    long delayNanos(String actor);

    /** No turn before this time of the world. */
    long heldUntilNanos(String actor);

    /** Whether the turn waits for {@link VirtualHost#resume}. */
    boolean frozen(String actor);

    /** The power was cut during a turn. */
    void onPowerCut(SimulatedCrash crash);

    /** A turn threw; the actor's own handler was told already. */
    void onFailure(String actor, Throwable failure);
  }

  private static final int RESTLESS_TURNS_MAX = 20_000;

  private final World world;
  private final SimClock clock;
  private final Machine machine;
  private final List<Hosted> hosted = new ArrayList<>();

  VirtualHost(World world, SimClock clock, Machine machine) {
    this.world = world;
    this.clock = clock;
    this.machine = machine;
  }

  @Override
  public Handle host(String name, Actor actor, FailureHandler onFailure) {
    Hosted added = new Hosted(name, actor, onFailure);
    hosted.add(added);
    return added;
  }

  /** Ends all turns at once, as a loss of power does. */
  void cut() {
    hosted.forEach(Hosted::close);
  }

  /** Gives the turns that waited while the process was frozen. */
  void resume() {
    for (Hosted each : hosted) {
      if (each.parked) {
        each.parked = false;
        each.request(world.now() + machine.delayNanos(each.name));
      }
    }
  }

  private final class Hosted implements Handle {
    private final String name;
    private final Actor actor;
    private final FailureHandler onFailure;
    private World.@Nullable Timer next;
    private boolean closed;
    private boolean parked;
    private int restless;

    Hosted(String name, Actor actor, FailureHandler onFailure) {
      this.name = name;
      this.actor = actor;
      this.onFailure = onFailure;
    }

    @Override
    public void wake() {
      if (closed || (next != null && next.nanos() <= world.now() + 1)) {
        return;
      }
      request(world.now() + machine.delayNanos(name));
    }

    @Override
    public void close() {
      closed = true;
      World.Timer due = next;
      if (due != null) {
        due.cancel();
        next = null;
      }
    }

    private void request(long at) {
      World.Timer due = next;
      if (closed || (due != null && due.nanos() <= at)) {
        return;
      }
      if (due != null) {
        due.cancel();
      }
      next = world.at(at, this::run);
    }

    private void run() {
      next = null;
      if (machine.frozen(name)) {
        parked = true;
        return;
      }
      long held = machine.heldUntilNanos(name);
      if (held > world.now()) {
        request(held);
        return;
      }
      turn();
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // nothing is printed; the machine is told
    private void turn() {
      Now now = clock.now();
      long due;
      try {
        due = actor.turn(now);
      } catch (SimulatedCrash crash) {
        machine.onPowerCut(crash);
        return;
      } catch (Throwable failure) { // a thread's top, as in production
        closed = true;
        onFailure.onFailure(failure);
        machine.onFailure(name, failure);
        return;
      }
      restless = due <= now.monotonicNanos() + 1_000 ? restless + 1 : 0;
      if (restless > RESTLESS_TURNS_MAX) {
        world.fail(name + " asked for " + restless + " turns at once, one after the other");
      } else if (due <= now.monotonicNanos()) {
        request(world.now() + machine.delayNanos(name));
      } else if (due != Long.MAX_VALUE) {
        request(Math.max(clock.worldTimeOf(due), world.now() + 1));
      }
    }
  }
}
