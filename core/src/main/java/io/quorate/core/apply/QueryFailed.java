// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.core.protocol.Refusal;

/** The state machine threw on a query: the caller's business, not the replica's. */
public final class QueryFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  QueryFailed(Refusal refusal, RuntimeException cause) {
    super(refusal.text(), cause);
    this.refusal = refusal;
  }

  /** What to answer. */
  public Refusal refusal() {
    return refusal;
  }
}
