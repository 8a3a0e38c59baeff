// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import io.quorate.grpc.ConnectionProblem;
import java.io.IOException;

/** There is no connection to the replica; the problem says why, and what would mend it. */
public final class ConnectionFailed extends IOException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialized
  private final ConnectionProblem problem;

  ConnectionFailed(ConnectionProblem problem) {
    super(problem.text());
    this.problem = problem;
  }

  /** Why. */
  public ConnectionProblem problem() {
    return problem;
  }
}
