// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.samples.kv.KvStateMachine;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Three replicas of the key-value service in this process, with their real parts. */
final class RunningGroup implements AutoCloseable {
  private final Path config;
  private final SortedMap<NodeId, QuorateNode> nodes = new TreeMap<>();

  RunningGroup(Path folder) throws IOException {
    this(folder, "raft { election-timeout = 1 s .. 2 s, heartbeat-interval = 100 ms }");
  }

  /**
   * A group of another protocol.
   *
   * @param settings its name and its section
   */
  RunningGroup(Path folder, String settings) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sockets.add(new ServerSocket(0));
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    config =
        Files.writeString(
            folder.resolve("quorate.conf"),
            """
            quorate {
              group = orders
              backend = %s
              members { n1 = "127.0.0.1:%d", n2 = "127.0.0.1:%d", n3 = "127.0.0.1:%d" }
              data-dir = "%s"
              %s
            }
            """
                .formatted(
                    settings.substring(0, settings.indexOf(' ')),
                    sockets.get(0).getLocalPort(),
                    sockets.get(1).getLocalPort(),
                    sockets.get(2).getLocalPort(),
                    folder.resolve("data"),
                    settings));
    for (String name : List.of("n1", "n2", "n3")) {
      start(NodeId.of(name));
    }
  }

  String config() {
    return config.toString();
  }

  void start(NodeId node) {
    nodes.put(node, QuorateNode.start(QuorateConfig.load(config, node), new KvStateMachine()));
  }

  Map<NodeId, QuorateNode> nodes() {
    return nodes;
  }

  /** Waits for a leader and names it. */
  NodeId leader() {
    Await.until("somebody leads", () -> leaderNow() != null);
    NodeId leader = leaderNow();
    return leader == null ? leader() : leader;
  }

  private @Nullable NodeId leaderNow() {
    for (Map.Entry<NodeId, QuorateNode> entry : nodes.entrySet()) {
      if (entry.getValue().status().protocol().role() == Role.LEADER) {
        return entry.getKey();
      }
    }
    return null;
  }

  /** Stops a replica as a crash would. */
  void kill(NodeId node) {
    QuorateNode victim = nodes.remove(node);
    if (victim != null) {
      victim.abort();
    }
  }

  @Override
  public void close() {
    nodes.values().forEach(QuorateNode::abort);
  }
}
