// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.log;

/** Numbers what is read back from the log, so that each answer finds who asked. */
public final class Loads {
  private long last;

  /** None yet. */
  public Loads() {}

  /** A number that was never given before; not 0. */
  public long next() {
    return ++last;
  }
}
