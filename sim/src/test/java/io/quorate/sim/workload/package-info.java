// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** What the ledger finds at the end of a run. */
@NullMarked
package io.quorate.sim.workload;

import org.jspecify.annotations.NullMarked;
