// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A backup's side of normal operation (VRR §4.1).
 *
 * <p>Starting point: {@link io.quorate.vsr.protocol.normal.Backup}.
 */
@NullMarked
package io.quorate.vsr.protocol.normal;

import org.jspecify.annotations.NullMarked;
