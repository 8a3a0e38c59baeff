// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import io.grpc.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;

/**
 * Finds the address of a host without blocking the caller: the name service is asked on a virtual
 * thread. (gRPC's own way logs a warning whenever a name is unknown.)
 */
public final class HostLookup {
  private HostLookup() {}

  /**
   * Finds one address; exactly one of the consumers is called, before this returns if the host is a
   * literal address or this machine.
   *
   * @param attempt number of the attempt; a host with several addresses gets each in turn
   */
  public static void find(
      Endpoint endpoint, int attempt, Consumer<InetSocketAddress> found, Consumer<Status> failed) {
    if (endpoint.isLocalOrLiteral()) {
      look(endpoint, attempt, found, failed);
    } else {
      Thread.ofVirtual()
          .name("quorate-grpc-lookup")
          .start(() -> look(endpoint, attempt, found, failed));
    }
  }

  private static void look(
      Endpoint endpoint, int attempt, Consumer<InetSocketAddress> found, Consumer<Status> failed) {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(endpoint.host());
    } catch (UnknownHostException e) {
      failed.accept(Status.UNAVAILABLE.withDescription("unknown host").withCause(e));
      return;
    }
    InetAddress address = addresses[Math.floorMod(attempt, addresses.length)];
    found.accept(new InetSocketAddress(address, endpoint.port()));
  }
}
