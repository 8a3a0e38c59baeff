// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A replica's persistent state: view, last normal view and log (VRR §4.1), and the one write per
 * step that makes changes to it durable.
 *
 * <p>Starting point: {@link io.quorate.vsr.protocol.log.VsrLog}.
 */
@NullMarked
package io.quorate.vsr.protocol.log;

import org.jspecify.annotations.NullMarked;
