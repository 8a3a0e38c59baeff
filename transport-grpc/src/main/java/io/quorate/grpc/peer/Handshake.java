// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.quorate.api.NodeId;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.codec.PeerFrame;
import io.quorate.grpc.codec.QuorateMethods;
import io.quorate.grpc.proto.PeerHello;
import org.jspecify.annotations.Nullable;

/** What two replicas tell each other first, and whether that fits. */
final class Handshake {
  private Handshake() {}

  static PeerFrame.Hello own(PeerConfig config) {
    return new PeerFrame.Hello(
        PeerHello.newBuilder()
            .setProtocolVersion(QuorateMethods.PROTOCOL_VERSION)
            .setGroup(config.group().value())
            .setNode(config.self().value())
            .setIncarnationHigh(config.incarnation().getMostSignificantBits())
            .setIncarnationLow(config.incarnation().getLeastSignificantBits())
            .setConfigurationHash(config.configurationHash())
            .build());
  }

  /** The member that says hello; null if it is none. */
  static @Nullable NodeId member(PeerConfig config, PeerHello theirs) {
    for (NodeId member : config.members().keySet()) {
      if (member.value().equals(theirs.getNode()) && !member.equals(config.self())) {
        return member;
      }
    }
    return null;
  }

  /**
   * Compares, in the order in which a difference explains the others.
   *
   * @param expected who was dialled; null if they dialled
   * @return null if all fits
   */
  static @Nullable ConnectionProblem check(
      PeerConfig config, @Nullable NodeId expected, PeerHello theirs) {
    String self = config.self().value();
    String peer = theirs.getNode();
    if (theirs.getProtocolVersion() != QuorateMethods.PROTOCOL_VERSION) {
      return new ConnectionProblem(
          Kind.OTHER_VERSION,
          "%s speaks version %d of the peer protocol, %s speaks %d: run the same release on both"
              .formatted(peer, theirs.getProtocolVersion(), self, QuorateMethods.PROTOCOL_VERSION));
    }
    if (!theirs.getGroup().equals(config.group().value())) {
      return new ConnectionProblem(
          Kind.OTHER_GROUP,
          "%s belongs to group \"%s\", %s to group \"%s\": correct quorate.group or the addresses"
                  .formatted(peer, theirs.getGroup(), self, config.group())
              + " in quorate.members");
    }
    if (expected != null && !expected.value().equals(peer)) {
      return new ConnectionProblem(
          Kind.OTHER_NODE,
          "node %s answers on %s, where %s expects %s: correct the addresses in quorate.members"
              .formatted(peer, config.members().get(expected), self, expected));
    }
    if (member(config, theirs) == null) {
      return new ConnectionProblem(
          Kind.OTHER_NODE,
          "node %s is not among the other members that %s knows %s: correct quorate.members"
              .formatted(peer, self, config.members().keySet()));
    }
    if (!theirs.getConfigurationHash().equals(config.configurationHash())) {
      return new ConnectionProblem(
          Kind.OTHER_CONFIGURATION,
          "%s runs with configuration %s, %s with %s: give all members the same settings but for"
                  .formatted(peer, theirs.getConfigurationHash(), self, config.configurationHash())
              + " those of a single node, and restart");
    }
    return null;
  }
}
