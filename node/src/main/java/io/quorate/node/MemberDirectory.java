// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import io.quorate.api.NodeId;
import io.quorate.core.client.GatewayDirectory;
import io.quorate.core.port.Gateway;
import io.quorate.node.plugin.Network;
import io.quorate.node.plugin.Network.RemoteReplica;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Doors of the members of one group: that of this process, if it has one, and remote ones. */
final class MemberDirectory implements GatewayDirectory {
  private final List<NodeId> nodes = new ArrayList<>();
  private final SortedMap<NodeId, RemoteReplica> remotes = new TreeMap<>();
  private final SortedMap<NodeId, Gateway> doors = new TreeMap<>();

  /** A directory beside a replica: its own door needs no connection, and is asked first. */
  MemberDirectory(GroupConfig group, Network network, NodeId self, Gateway door) {
    nodes.add(self);
    doors.put(self, door);
    addRemotes(group, network);
  }

  /** A directory for clients elsewhere. */
  MemberDirectory(GroupConfig group, Network network) {
    addRemotes(group, network);
  }

  private void addRemotes(GroupConfig group, Network network) {
    group
        .members()
        .forEach((node, address) -> {
          if (!doors.containsKey(node)) {
            RemoteReplica remote = network.connect(group.group(), address);
            nodes.add(node);
            remotes.put(node, remote);
            doors.put(node, remote.gateway());
          }
        });
  }

  @Override
  public List<NodeId> nodes() {
    return List.copyOf(nodes);
  }

  @Override
  public Gateway gateway(NodeId node) {
    Gateway door = doors.get(node);
    if (door == null) {
      throw new IllegalArgumentException(node + " is not a member of this group");
    }
    return door;
  }

  /** The connection to a member; null for the replica of this process. */
  @Nullable RemoteReplica remote(NodeId node) {
    return remotes.get(node);
  }

  @Override
  public void close() {
    remotes.values().forEach(RemoteReplica::close);
  }
}
