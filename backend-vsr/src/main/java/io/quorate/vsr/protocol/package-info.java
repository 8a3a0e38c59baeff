// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The decisions of one VSR replica, after "Viewstamped Replication Revisited" (Liskov and Cowling,
 * 2012; VRR for short), made durable; pure.
 *
 * <p>Starting points: {@link io.quorate.vsr.protocol.VsrReplica}, then {@code
 * io.quorate.vsr.protocol.viewchange}.
 */
@NullMarked
package io.quorate.vsr.protocol;

import org.jspecify.annotations.NullMarked;
