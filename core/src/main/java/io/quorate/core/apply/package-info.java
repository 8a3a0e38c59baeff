// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * From committed entries to state and answers: order and integrity checks, sessions, the user's
 * state machine, and the cut of a snapshot.
 *
 * <p>Starting points: {@link io.quorate.core.apply.Applier}; {@link io.quorate.core.apply.Capture}
 * for snapshots.
 */
@NullMarked
package io.quorate.core.apply;

import org.jspecify.annotations.NullMarked;
