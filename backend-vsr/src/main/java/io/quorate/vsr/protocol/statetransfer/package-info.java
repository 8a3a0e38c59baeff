// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Ops and snapshots for replicas that lag (VRR §5.2), and the log cut behind checkpoints (§5.1).
 *
 * <p>Starting points: {@link io.quorate.vsr.protocol.statetransfer.Missing} where ops are lacking,
 * {@link io.quorate.vsr.protocol.statetransfer.Supplier} where they are.
 */
@NullMarked
package io.quorate.vsr.protocol.statetransfer;

import org.jspecify.annotations.NullMarked;
