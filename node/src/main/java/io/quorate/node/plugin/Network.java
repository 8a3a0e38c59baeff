// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.Gateway;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.port.Transport;
import io.quorate.node.config.Endpoint;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Connects replicas with each other and with their remote clients. */
public interface Network {

  /**
   * One replica's place in the network.
   *
   * @param members all members with their addresses, this one included, ascending
   * @param agreement hash of the settings on which all members must agree; peers with another one
   *     are refused at the handshake
   * @param codec the protocol's messages as bytes
   */
  record Place(
      GroupId group,
      NodeId self,
      SortedMap<NodeId, Endpoint> members,
      String agreement,
      MessageCodec codec) {
    /** The address that this replica listens at. */
    public Endpoint address() {
      Endpoint address = members.get(self);
      if (address == null) {
        throw new IllegalArgumentException(self + " is not one of the members " + members.keySet());
      }
      return address;
    }
  }

  /** The network end of one replica. */
  interface ReplicaEnd extends AutoCloseable {
    /** The way to the peers; the runtime starts and closes it. */
    Transport transport();

    /** Lets remote clients in; until then they are told to try another replica or later. */
    void serve(ReplicaDoor door);

    /** Ends the connections of remote clients after what is in flight was answered. */
    void stopServing();

    /** Frees the port and all connections; twice is harmless. */
    @Override
    void close();
  }

  /**
   * How a replica presents itself to clients.
   *
   * @param members all members that it knows, with the addresses in its configuration
   */
  record Introduction(GroupId group, NodeId node, SortedMap<NodeId, Endpoint> members) {}

  /** A remote replica as its clients see it. Connects by itself, again and again, until closed. */
  interface RemoteReplica extends AutoCloseable {
    /**
     * Asks who is there; fails with {@link java.io.IOException}, in one sentence, if it cannot be
     * reached or refuses us, at the latest after {@code timeoutNanos}.
     */
    CompletableFuture<Introduction> introduction(long timeoutNanos);

    /** The door of the replica; refuses with {@code INDETERMINATE} what was lost on the way. */
    Gateway gateway();

    /**
     * Asks for a picture of the replica; fails with {@link java.io.IOException} if it cannot be
     * reached, at the latest after {@code timeoutNanos}.
     */
    CompletableFuture<ReplicaReport> report(long timeoutNanos);

    /** Ends the connection. */
    @Override
    void close();
  }

  /**
   * Takes the port of a replica. Blocks shortly.
   *
   * @throws StartException the port is in use or may not be used, or the host is not of this
   *     machine, or the TLS files are of no use
   */
  ReplicaEnd open(Place place);

  /**
   * Turns to a replica as a client; returns at once, whether it can be reached or not.
   *
   * @param group refuse replicas of other groups; null: take whatever group is served there
   */
  RemoteReplica connect(@Nullable GroupId group, Endpoint address);
}
