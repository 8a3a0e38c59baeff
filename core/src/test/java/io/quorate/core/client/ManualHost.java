// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Clock;
import io.quorate.core.protocol.Now;
import java.util.ArrayList;
import java.util.List;

/** Time and turns by hand. */
final class ManualHost implements ActorHost, Clock {
  private final List<Actor> actors = new ArrayList<>();
  private long nanos = 1_000_000_000L;

  @Override
  public Handle host(String name, Actor actor, FailureHandler onFailure) {
    actors.add(actor);
    return new Handle() {
      @Override
      public void wake() {}

      @Override
      public void close() {
        actors.remove(actor);
      }
    };
  }

  @Override
  public Now now() {
    return new Now(nanos, nanos);
  }

  /** Lets time pass in steps of a millisecond, each with a turn for everybody. */
  void pass(long millis) {
    for (long i = 0; i < millis; i++) {
      nanos += 1_000_000;
      for (Actor actor : List.copyOf(actors)) {
        actor.turn(now());
      }
    }
  }
}
