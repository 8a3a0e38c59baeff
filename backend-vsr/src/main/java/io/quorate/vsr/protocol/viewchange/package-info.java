// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * From one view to the next (VRR §4.2): votes for it, logs gathered by the new primary, the one log
 * chosen from them, and its arrival at the backups.
 *
 * <p>Starting points: {@link io.quorate.vsr.protocol.viewchange.LogChoice}, then {@link
 * io.quorate.vsr.protocol.viewchange.ViewChange}.
 */
@NullMarked
package io.quorate.vsr.protocol.viewchange;

import org.jspecify.annotations.NullMarked;
