// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.batch;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bound on what a replica has promised to answer: bytes of commands between admission and answer.
 * Safe for several threads.
 */
public final class Admission {
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /** Admits up to {@code bytesMax} bytes at a time. */
  public Admission(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes room, or refuses. A single command larger than the bound is admitted when alone. */
  public boolean tryAdmit(long commandBytes) {
    long taken = bytes.addAndGet(commandBytes);
    if (taken > bytesMax && taken != commandBytes) {
      bytes.addAndGet(-commandBytes);
      return false;
    }
    return true;
  }

  /** Gives room back; exactly once for everything admitted. */
  public void release(long commandBytes) {
    bytes.addAndGet(-commandBytes);
  }

  /** Bytes admitted and not yet answered. */
  public long bytes() {
    return bytes.get();
  }

  /** The bound. */
  public long bytesMax() {
    return bytesMax;
  }
}
