// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Stories: one failure, told in order, on a whole group in virtual time.
 *
 * <p>Starting point: {@link io.quorate.sim.scenario.Scenario}.
 */
@NullMarked
package io.quorate.sim.scenario;

import org.jspecify.annotations.NullMarked;
