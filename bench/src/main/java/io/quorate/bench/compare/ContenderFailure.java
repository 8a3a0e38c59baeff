// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import org.jspecify.annotations.Nullable;

/** A contender could not be run to its end, so that there is nothing to compare; says why. */
public final class ContenderFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ContenderFailure(String message) {
    this(message, null);
  }

  public ContenderFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
