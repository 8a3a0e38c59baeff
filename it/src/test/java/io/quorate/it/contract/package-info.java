// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What users are promised, tried on real nodes: sockets, disks and threads instead of a simulated
 * world, but the same suite.
 *
 * <p>Starting point: {@link io.quorate.it.contract.NodeGroup}.
 */
@NullMarked
package io.quorate.it.contract;

import org.jspecify.annotations.NullMarked;
