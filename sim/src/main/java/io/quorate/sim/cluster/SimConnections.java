// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.cluster;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.client.GatewayDirectory;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Gateway;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.sim.net.SimNetwork;
import io.quorate.sim.world.World;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One client's connections to all replicas: ordered, lost with either end, never repeating. */
final class SimConnections implements GatewayDirectory {
  private final SimCluster cluster;
  private final World world;
  private final SimNetwork network;
  private final String client;
  private final Map<NodeId, Connection> connections = new TreeMap<>();
  private boolean closed;

  SimConnections(SimCluster cluster, String client) {
    this.cluster = cluster;
    this.world = cluster.world();
    this.network = cluster.network();
    this.client = client;
  }

  @Override
  public List<NodeId> nodes() {
    return cluster.members();
  }

  @Override
  public Gateway gateway(NodeId node) {
    return connections.computeIfAbsent(node, id -> new Connection(cluster.node(id)));
  }

  @Override
  public void close() {
    closed = true;
  }

  /** What to do at the replica's door, given the sink and tag for the answer. */
  private interface Call {
    void make(ReplicaDoor door, Gateway.ReplySink sink, long tag);
  }

  private final class Connection implements Gateway {
    private final SimNode node;
    private int connectedTo;
    private @Nullable ServerCalls end;

    Connection(SimNode node) {
      this.node = node;
    }

    @Override
    public void submit(
        CommandKind kind,
        long session,
        long sequence,
        long acknowledgedBelow,
        byte[] payload,
        int offset,
        int payloadBytes,
        ReplySink sink,
        long tag) {
      byte[] copy = Arrays.copyOfRange(payload, offset, offset + payloadBytes);
      go(
          64L + payloadBytes,
          (door, serverSink, serverTag) ->
              door.submit(
                  kind,
                  session,
                  sequence,
                  acknowledgedBelow,
                  copy,
                  0,
                  copy.length,
                  serverSink,
                  serverTag),
          sink,
          tag);
    }

    @Override
    public void read(ReadConsistency consistency, byte[] query, ReplySink sink, long tag) {
      go(
          32L + query.length,
          (door, serverSink, serverTag) -> door.read(consistency, query, serverSink, serverTag),
          sink,
          tag);
    }

    @Override
    public void admin(AdminCommand command, ReplySink sink, long tag) {
      go(
          32,
          (door, serverSink, serverTag) -> door.admin(command, serverSink, serverTag),
          sink,
          tag);
    }

    @Override
    public void flush() {}

    private void go(long sizeBytes, Call call, ReplySink sink, long tag) {
      network.carry(client, node.id().value(), sizeBytes, () -> arrive(call, sink, tag));
    }

    private void arrive(Call call, ReplySink sink, long tag) {
      boolean there =
          node.enter(door -> {
            ServerCalls server = server();
            call.make(door, server, server.open(sink, tag));
            door.flush();
          });
      if (!there) {
        Refusal gone = Refusal.of(RefusalCode.INDETERMINATE, "nobody listens at " + node.id());
        back(32, () -> sink.refused(tag, gone));
      }
    }

    private ServerCalls server() {
      ServerCalls current = end;
      if (current == null || connectedTo != node.incarnation()) {
        current = new ServerCalls(world, node.id().value(), this::back);
        connectedTo = node.incarnation();
        end = current;
        node.connect(current);
      }
      return current;
    }

    private void back(long sizeBytes, World.Action arrival) {
      network.carry(
          node.id().value(),
          client,
          sizeBytes,
          () -> {
            if (!closed) {
              arrival.run();
            }
          });
    }
  }
}
