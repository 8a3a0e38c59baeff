// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The way back of a replica that may have lost what it had acknowledged (in place of VRR §4.3).
 *
 * <p>Starting point: {@link io.quorate.vsr.protocol.recovery.HeadRecovery}.
 */
@NullMarked
package io.quorate.vsr.protocol.recovery;

import org.jspecify.annotations.NullMarked;
