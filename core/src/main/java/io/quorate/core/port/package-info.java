// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What the runtime needs from the outside: network, disk, clock, threads.
 *
 * <p>Each port has one contract suite in {@code sim.contract} that every adapter passes.
 */
@NullMarked
package io.quorate.core.port;

import org.jspecify.annotations.NullMarked;
