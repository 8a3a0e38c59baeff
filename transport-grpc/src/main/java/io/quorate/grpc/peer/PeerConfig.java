// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.TlsFiles;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a replica needs to talk to the others.
 *
 * @param incarnation drawn anew at every start of the process
 * @param configurationHash of all settings that the members must agree on; compared at handshake
 * @param members where each replica of the group listens, this one included
 * @param tls null for plain text
 */
public record PeerConfig(
    GroupId group,
    NodeId self,
    UUID incarnation,
    String configurationHash,
    SortedMap<NodeId, Endpoint> members,
    @Nullable TlsFiles tls,
    Limits limits) {

  /** Refuses a replica outside of its group. */
  public PeerConfig {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    if (!members.containsKey(self)) {
      throw new IllegalArgumentException(
          "members: node " + self + " is not among " + members.keySet());
    }
  }

  /**
   * Bounds in bytes and time.
   *
   * @param queueBytesMax what may wait for one peer; a single larger message passes if it is alone
   * @param frameBytesMax up to which messages travel together
   * @param messageBytesMax largest frame accepted, and so the largest message
   * @param backoffMin wait after the first failure to connect, doubled from then on
   * @param backoffMax longest wait between two attempts to connect
   * @param mismatchRetry wait after a handshake showed that the configurations do not fit
   * @param handshakeTimeout how long a connection may take until it is of use
   */
  public record Limits(
      long queueBytesMax,
      int frameBytesMax,
      int messageBytesMax,
      Duration backoffMin,
      Duration backoffMax,
      Duration mismatchRetry,
      Duration handshakeTimeout) {

    /** Fit for entries of up to 64 MiB and a group on one site. */
    public static final Limits DEFAULT =
        new Limits(
            64L << 20,
            4 << 20,
            80 << 20,
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(3));

    /** Refuses bounds that contradict each other. */
    public Limits {
      if (frameBytesMax < 1 || messageBytesMax < frameBytesMax || queueBytesMax < 1) {
        throw new IllegalArgumentException(
            "need 1 <= frameBytesMax <= messageBytesMax and 1 <= queueBytesMax, was "
                + frameBytesMax
                + ", "
                + messageBytesMax
                + ", "
                + queueBytesMax);
      }
      if (!backoffMin.isPositive() || backoffMax.compareTo(backoffMin) < 0) {
        throw new IllegalArgumentException(
            "need 0 < backoffMin <= backoffMax, was " + backoffMin + ", " + backoffMax);
      }
    }
  }
}
