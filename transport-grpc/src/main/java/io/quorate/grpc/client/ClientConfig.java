// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import io.quorate.api.GroupId;
import io.quorate.grpc.TlsFiles;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client needs to talk to the replicas of a group.
 *
 * @param group replicas of another one are refused; null takes whatever group is served
 * @param tls null for plain text
 */
public record ClientConfig(@Nullable GroupId group, @Nullable TlsFiles tls, Limits limits) {

  /** Plain text, usual limits. */
  public static ClientConfig of(GroupId group) {
    return new ClientConfig(group, null, Limits.DEFAULT);
  }

  /**
   * Bounds of one connection.
   *
   * @param callsMax calls that may be unanswered
   * @param queueBytesMax what may wait to be sent
   * @param frameBytes size from which calls are sent without a flush
   * @param messageBytesMax largest frame accepted, and so the largest result
   * @param backoffMin wait after the first failure to connect, doubled from then on
   * @param backoffMax longest wait between two attempts to connect
   * @param handshakeTimeout how long a connection may take until it is of use
   */
  public record Limits(
      int callsMax,
      long queueBytesMax,
      int frameBytes,
      int messageBytesMax,
      Duration backoffMin,
      Duration backoffMax,
      Duration handshakeTimeout) {

    /** Fit for a client with many commands in flight. */
    public static final Limits DEFAULT =
        new Limits(
            1 << 17,
            64L << 20,
            64 << 10,
            80 << 20,
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3));

    /** Refuses bounds that allow nothing. */
    public Limits {
      if (callsMax < 1 || queueBytesMax < 1 || frameBytes < 1 || messageBytesMax < 1) {
        throw new IllegalArgumentException("the limits of a client must be positive");
      }
      if (!backoffMin.isPositive() || backoffMax.compareTo(backoffMin) < 0) {
        throw new IllegalArgumentException(
            "need 0 < backoffMin <= backoffMax, was " + backoffMin + ", " + backoffMax);
      }
    }
  }
}
