// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** A group of replicas under test, with its real parts. */
interface ContenderGroup extends AutoCloseable {

  /** Its client, over the network. */
  Target target();

  /** What an acknowledged command has survived, for people. */
  String durability();

  /** What a reader must know of its settings, for people; empty if nothing. */
  default String settings() {
    return "";
  }

  /** Every setting in force, by full key; empty for a contender that cannot tell. */
  default SortedMap<String, String> everySetting() {
    return new TreeMap<>();
  }

  /** Waits until a leader serves; says who. */
  String awaitLeader();

  /** Lets the fault happen; says what was done to whom. */
  String strike(CompareOptions.Fault fault);

  /** Ends a fault that passes; says what was done. */
  default String heal() {
    return "";
  }

  /** Counts of all replicas that run, added up. */
  SortedMap<String, Long> counters();

  /** The highest epoch that a replica which runs tells; 0 if none does. */
  default long epoch() {
    return 0;
  }

  /** Waits until all replicas that run have applied the same, and compares their state. */
  boolean statesAgree();

  /** What replicas outside of this process have used, those included that are gone. */
  default Usage used() {
    return Usage.NONE;
  }

  /** Folder with the files of the replicas. */
  Path files();

  /** Whether all replicas run in this process. */
  default boolean isHere() {
    return true;
  }

  /**
   * Does nothing while all is well.
   *
   * @throws IllegalStateException a replica ended without having been told to; says what is known
   */
  default void check() {}

  @Override
  void close();
}
