// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.core.client.ClientOptions;
import java.time.Duration;

/**
 * What clients do.
 *
 * @param clients number of clients
 * @param thinkMeanNanos mean time between two calls of a client
 * @param inFlightMax unanswered calls of a client
 * @param keys registers that they share
 * @param readRate share of calls that are reads
 * @param leaseReads whether reads may ask for a lease
 * @param orderedRate share of sessions that are ordered
 * @param plainRate share of writes outside of sessions
 * @param paddingMax ballast of commands
 * @param sessionExpiry silence after which a session expires
 * @param sessionEndRate share of calls before which the session is given up
 * @param adminMeanNanos mean time between two requests of the operator; 0: there is none
 * @param client how clients wait and retry
 */
public record WorkloadOptions(
    int clients,
    long thinkMeanNanos,
    int inFlightMax,
    int keys,
    double readRate,
    boolean leaseReads,
    double orderedRate,
    double plainRate,
    int paddingMax,
    Duration sessionExpiry,
    double sessionEndRate,
    long adminMeanNanos,
    ClientOptions client) {

  /** Three clients, one call after the other. */
  public static final WorkloadOptions CALM =
      new WorkloadOptions(
          3,
          20_000_000,
          1,
          5,
          0.3,
          false,
          0.5,
          0,
          64,
          Duration.ofSeconds(60),
          0,
          0,
          new ClientOptions(
              Duration.ofSeconds(10),
              Duration.ofMillis(500),
              Duration.ofMillis(2),
              Duration.ofMillis(200),
              64));

  /** The same with another number of clients. */
  public WorkloadOptions withClients(int number) {
    return new WorkloadOptions(
        number,
        thinkMeanNanos,
        inFlightMax,
        keys,
        readRate,
        leaseReads,
        orderedRate,
        plainRate,
        paddingMax,
        sessionExpiry,
        sessionEndRate,
        adminMeanNanos,
        client);
  }

  /** The same with clients that wait and retry otherwise. */
  public WorkloadOptions withClient(ClientOptions other) {
    return new WorkloadOptions(
        clients,
        thinkMeanNanos,
        inFlightMax,
        keys,
        readRate,
        leaseReads,
        orderedRate,
        plainRate,
        paddingMax,
        sessionExpiry,
        sessionEndRate,
        adminMeanNanos,
        other);
  }
}
