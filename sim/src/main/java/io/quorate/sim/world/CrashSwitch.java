// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.world;

/**
 * Cuts the power of one running replica inside a call that it makes to the outside: after some of
 * the effects of a turn, before the others.
 */
public final class CrashSwitch {
  private static final int OFF = -1;

  private int callsLeft = OFF;
  private boolean dead;

  /** Cuts the power at the {@code calls}-th call from now, from 1. */
  public void arm(int calls) {
    if (!dead) {
      callsLeft = calls;
    }
  }

  /** Whether it waits for its call. */
  public boolean armed() {
    return callsLeft != OFF;
  }

  /** Whether this call will be the last one, which may so be done in part. */
  public boolean cutsNextCall() {
    return callsLeft == 1;
  }

  /** From now on every call is cut: the replica is gone. */
  public void kill() {
    dead = true;
    callsLeft = OFF;
  }

  /** Passed by every effect before it happens. */
  public void call(String what) {
    if (dead) {
      throw new SimulatedCrash("after the crash: " + what);
    }
    if (callsLeft != OFF && --callsLeft == 0) {
      kill();
      throw new SimulatedCrash(what);
    }
  }
}
