// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What every adapter of a port owes, as JUnit suites: a test class of an adapter implements the
 * suite's interface and its one factory method. The fakes here prove the suites and serve other
 * tests.
 *
 * <p>Starting points: {@link io.quorate.sim.contract.LogStoreContract}, {@link
 * io.quorate.sim.contract.SnapshotStoreContract}, {@link
 * io.quorate.sim.contract.ObjectStoreContract}, {@link io.quorate.sim.contract.TransportContract},
 * {@link io.quorate.sim.contract.ReplicatedLogContract}, {@link
 * io.quorate.sim.contract.SwarmContract}; {@link io.quorate.sim.contract.LogFixture} makes valid
 * entries.
 */
@NullMarked
package io.quorate.sim.contract;

import org.jspecify.annotations.NullMarked;
