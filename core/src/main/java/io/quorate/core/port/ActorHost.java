// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

/** Gives actors their turns. The only creator of threads beside the adapters. */
public interface ActorHost {

  /** Runs an actor from now on. */
  interface Handle extends AutoCloseable {
    /** Asks for a turn soon; from any thread, cheap when one is already due. */
    void wake();

    /**
     * As {@link #wake}, but the calling thread may give the turn itself, at once: where the next
     * step is on this thread there is no other to wait for. For threads that were about to wait,
     * hold no lock, and may be kept for as long as a turn takes.
     */
    default void wakeHere() {
      wake();
    }

    /** Ends the turns; returns when the last one is over. */
    @Override
    void close();
  }

  /** What to do when a turn throws: the actor gets no further turn. */
  interface FailureHandler {
    /** Called on the thread that gave the turn. */
    void onFailure(Throwable failure);
  }

  /**
   * Begins to give turns to an actor.
   *
   * @param name of the thread, for people
   */
  Handle host(String name, Actor actor, FailureHandler onFailure);
}
