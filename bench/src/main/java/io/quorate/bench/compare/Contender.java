// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to replicate {@link CounterMachine}: how its replicas start, how its clients reach them,
 * and under which settings. One instance serves all runs of a comparison.
 */
public interface Contender {

  /** What its replicas are made of, for people. */
  String parts();

  /** How many ports a replica needs beside the one at which clients and others reach it. */
  default int morePorts() {
    return 0;
  }

  /** What an acknowledged command has survived, for people. */
  String durability(GroupSetup setup);

  /**
   * What a reader must know of its settings to judge the figures: versions, timeouts, and what
   * differs from its defaults; empty if nothing.
   */
  String settings(GroupSetup setup);

  /**
   * Every setting in force, defaults included, by full key; not what is made anew for each run,
   * such as addresses and folders. Empty for a contender that cannot tell.
   */
  default SortedMap<String, String> everySetting(GroupSetup setup) {
    return new TreeMap<>();
  }

  /**
   * Starts a replica in this process.
   *
   * @param node 1 for the first member
   * @throws IllegalStateException it cannot start; says why
   */
  Replica start(GroupSetup setup, int node);

  /** Connects to the group; none of its replicas need run yet. */
  Target connect(GroupSetup setup);

  /**
   * Removes what replicas that were killed left outside of the folder of the group; none runs any
   * more.
   */
  default void cleanUp(GroupSetup setup) {}

  /** The version in the name of the jar that a class came from; "unknown" without one. */
  static String version(Class<?> type) {
    String place = type.getProtectionDomain().getCodeSource().getLocation().getPath();
    Matcher version = Pattern.compile("-(\\d[^/]*)\\.jar$").matcher(place);
    return version.find() ? version.group(1) : "unknown";
  }
}
