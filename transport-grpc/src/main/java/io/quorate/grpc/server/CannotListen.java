// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

/** The server cannot listen where it should; the message names the address and what to mend. */
public final class CannotListen extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotListen(String message, Throwable cause) {
    super(message, cause);
  }
}
