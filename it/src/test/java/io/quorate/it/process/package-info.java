// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Replicas as processes, killed with SIGKILL and started again, as their users see them: by the
 * commands, their exit codes and what they print.
 *
 * <p>Starting point: {@link io.quorate.it.process.ReplicaGroup}.
 */
@NullMarked
package io.quorate.it.process;

import org.jspecify.annotations.NullMarked;
