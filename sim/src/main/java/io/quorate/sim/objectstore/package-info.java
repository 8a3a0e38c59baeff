// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A simulated store of objects with conditional writes: every request is sent, executed and
 * answered at instants of its own, and each of the three may never come.
 *
 * <p>Starting points: {@link io.quorate.sim.objectstore.SimBucket} for what is stored and who
 * watches, {@link io.quorate.sim.objectstore.SimObjectStore} for what happens to a request on its
 * way.
 */
@NullMarked
package io.quorate.sim.objectstore;

import org.jspecify.annotations.NullMarked;
