// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

/** How an operation ended, as far as its client knows. */
public enum Outcome {
  /** It took effect once between its call and its end, and was answered. */
  OK,
  /** It surely took no effect, and never will. */
  FAIL,
  /** Nobody knows: it may have taken effect, may take effect at any later time, or never. */
  INFO
}
