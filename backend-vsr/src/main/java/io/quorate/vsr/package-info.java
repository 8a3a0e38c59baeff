// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The Viewstamped Replication backend; see {@code docs/protocol/vsr.md}.
 *
 * <p>Starting points: {@link io.quorate.vsr.VsrConfig} and {@code
 * io.quorate.vsr.protocol.VsrReplica}.
 */
@NullMarked
package io.quorate.vsr;

import org.jspecify.annotations.NullMarked;
