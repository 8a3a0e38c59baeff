// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.contract;

import io.quorate.api.NodeId;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Role;
import io.quorate.it.process.FreePorts;
import io.quorate.node.QuorateClient;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.sim.contract.LogGroup;
import io.quorate.sim.contract.TallyMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Three nodes in this JVM, with real connections and real disks; clients come over the network. */
final class NodeGroup implements LogGroup {
  private final Map<NodeId, QuorateConfig> configs = new TreeMap<>();
  private final Map<NodeId, QuorateNode> nodes = new TreeMap<>();
  private final List<QuorateClient> clients = new ArrayList<>();
  private final List<CompletableFuture<Void>> disturbances = new CopyOnWriteArrayList<>();

  /**
   * Starts the nodes.
   *
   * @param backend its lines of the configuration
   * @param folder empty, for the data of all nodes
   */
  NodeGroup(String backend, Path folder) {
    try {
      List<Integer> ports = FreePorts.some(3);
      StringBuilder members = new StringBuilder();
      for (int i = 0; i < 3; i++) {
        members.append("n%d = \"127.0.0.1:%d\"\n".formatted(i + 1, ports.get(i)));
      }
      String hocon =
          "quorate { group = contract, data-dir = \"%s\"\n members {\n%s}\n%s\n}"
              .formatted(folder, members, backend);
      for (int i = 1; i <= 3; i++) {
        NodeId id = NodeId.of("n" + i);
        configs.put(id, QuorateConfig.parse(hocon, id));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    configs.forEach((id, config) -> nodes.put(id, QuorateNode.start(config, new TallyMachine())));
  }

  @Override
  public ReplicatedLog client() {
    QuorateClient client = QuorateClient.connect(configs.values().iterator().next().groupConfig());
    clients.add(client);
    return client.log();
  }

  /** Stops the leader as a crash would, and starts it again. */
  @Override
  public void disturb() {
    disturbances.add(CompletableFuture.runAsync(this::crashLeader));
  }

  private synchronized void crashLeader() {
    for (Map.Entry<NodeId, QuorateNode> each : nodes.entrySet()) {
      if (each.getValue().status().protocol().role() == Role.LEADER) {
        each.getValue().abort();
        QuorateConfig config = configs.get(each.getKey());
        each.setValue(QuorateNode.start(config, new TallyMachine()));
        return;
      }
    }
  }

  @Override
  public void close() {
    CompletableFuture.allOf(disturbances.toArray(CompletableFuture[]::new)).join();
    clients.forEach(QuorateClient::close);
    nodes.values().forEach(QuorateNode::abort);
  }
}
