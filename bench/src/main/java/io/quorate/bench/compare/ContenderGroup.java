// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.SortedMap;

/** A group of replicas under test, with its real parts. */
interface ContenderGroup extends AutoCloseable {

  /** Its client, over the network. */
  Target target();

  /** What an acknowledged command has survived, for people. */
  String durability();

  /** Waits until a leader serves; says who. */
  String awaitLeader();

  /** Stops the leader at once; says who it was. */
  String killLeader();

  /** Counts of all replicas that run, added up. */
  SortedMap<String, Long> counters();

  /** Waits until all replicas that run have applied the same, and compares their state. */
  boolean statesAgree();

  @Override
  void close();
}
