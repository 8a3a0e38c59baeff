// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import org.jspecify.annotations.Nullable;

/**
 * A replica cannot start, for a reason that its operator can mend: a port in use, a folder that
 * cannot be written or belongs to another node. The message is one sentence that names the thing
 * and what would help; it is what the operator sees.
 */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in one sentence what is in the way and what would help. */
  public StartException(String message) {
    this(message, null);
  }

  /** Says in one sentence what is in the way and what would help. */
  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
