// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.world;

/**
 * The machine lost power on this very line. An error, so that nothing in the code under test
 * handles it; what was done before stays done, what comes after does not happen.
 */
public final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1L;

  /** Says where. */
  public SimulatedCrash(String where) {
    super(where, null, false, false);
  }
}
