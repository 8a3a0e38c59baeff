// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Consensus time from the wall clocks of several replicas.
 *
 * <p>Starting point: {@link io.quorate.vsr.protocol.clock.GroupClock}.
 */
@NullMarked
package io.quorate.vsr.protocol.clock;

import org.jspecify.annotations.NullMarked;
