// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Clients, the service that they use, and what they were told.
 *
 * <p>Starting points: {@link io.quorate.sim.workload.Workload}, {@link
 * io.quorate.sim.workload.Ledger} for the checks.
 */
@NullMarked
package io.quorate.sim.workload;

import org.jspecify.annotations.NullMarked;
