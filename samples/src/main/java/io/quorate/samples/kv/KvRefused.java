// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

/** The store was asked for something that it does not do; nothing was changed. */
public final class KvRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence why. */
  public KvRefused(String message) {
    super(message, null, false, false);
  }
}
