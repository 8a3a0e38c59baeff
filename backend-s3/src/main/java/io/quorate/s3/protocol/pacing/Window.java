// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.pacing;

/**
 * How many slots may be on their way: halved when the store asks for less load, one more after each
 * whole window that went well.
 */
public final class Window {
  private final int max;
  private int size;
  private int storedSince;
  private long cutAt = Long.MIN_VALUE;

  /** A window as wide as it may be. */
  public Window(int max) {
    this.max = max;
    this.size = max;
  }

  /** How many slots may be on their way now. */
  public int size() {
    return size;
  }

  /** Whether the window is narrower than it may be. */
  public boolean narrowed() {
    return size < max;
  }

  /** A slot was stored. */
  public void stored() {
    storedSince++;
    if (size < max && storedSince >= size) {
      size++;
      storedSince = 0;
    }
  }

  /**
   * The store asked for less load. Of the requests that were on their way together only the first
   * one counts.
   *
   * @param sentAt when that request had been sent
   * @return whether the window was cut
   */
  public boolean throttled(long sentAt, long now) {
    if (cutAt != Long.MIN_VALUE && sentAt - cutAt < 0) {
      return false;
    }
    cutAt = now;
    size = Math.max(1, size / 2);
    storedSince = 0;
    return true;
  }
}
