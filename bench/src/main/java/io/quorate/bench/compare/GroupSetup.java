// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What all replicas and clients of one group under test must know. Plain values, so that it can be
 * handed to another process as JSON.
 *
 * @param contender its name
 * @param group name of the group, new for each run
 * @param directory for the files of all replicas, each below a folder of its own
 * @param ports on loopback, on which the replicas listen, in the order of the members
 * @param morePorts for each replica, as many as its contender asked for
 * @param doors for each replica, the ports at which it finds each member: those of proxies, or
 *     {@code ports}; at its own place its own port
 * @param keys of the counters
 * @param clients that may call
 * @param store object store; null for a contender that has none
 * @param conditions of the comparison
 * @param settings beside the defaults, by full key; those of one contender mean nothing to others
 */
public record GroupSetup(
    String contender,
    String group,
    String directory,
    List<Integer> ports,
    List<List<Integer>> morePorts,
    List<List<Integer>> doors,
    int keys,
    int clients,
    @Nullable Store store,
    Conditions conditions,
    SortedMap<String, String> settings) {

  /**
   * An object store.
   *
   * @param urls of an S3 endpoint, for each replica its own: that of a proxy, or all the same
   * @param bucket with the log of the group
   * @param prefix of its keys
   * @param embedded whether the endpoint is that of the comparison, which asks for no credentials
   */
  public record Store(List<String> urls, String bucket, String prefix, boolean embedded) {}

  /** Whether an acknowledged command must have been synced. */
  public boolean synced() {
    return conditions.durability() == Conditions.Durability.FSYNC;
  }

  /** What that means where a majority decides, for people. */
  public String durability() {
    return synced() ? "fsync on a majority" : "page cache of a majority";
  }

  /** {@code 127.0.0.1:PORT} of each replica, in the order of the members. */
  public List<String> addresses() {
    return ports.stream().map(port -> "127.0.0.1:" + port).toList();
  }

  /** A state machine for one replica of the group. */
  public CounterMachine machine() {
    return new CounterMachine(keys, clients);
  }
}
