// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

/** Gives actors their turns. The only creator of threads beside the adapters. */
public interface ActorHost {

  /** Runs an actor from now on. */
  interface Handle extends AutoCloseable {
    /** Asks for a turn soon; from any thread, cheap when one is already due. */
    void wake();

    /** Ends the turns; returns when the last one is over. */
    @Override
    void close();
  }

  /** What to do when a turn throws: the actor gets no further turn. */
  interface FailureHandler {
    /** Called on the actor's thread. */
    void onFailure(Throwable failure);
  }

  /**
   * Begins to give turns to an actor.
   *
   * @param name of the thread, for people
   */
  Handle host(String name, Actor actor, FailureHandler onFailure);
}
