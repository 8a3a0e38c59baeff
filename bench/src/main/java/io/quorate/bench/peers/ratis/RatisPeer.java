// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.ratis;

import io.quorate.bench.compare.Contender;
import io.quorate.bench.compare.ContenderFailure;
import io.quorate.bench.compare.GroupSetup;
import io.quorate.bench.compare.Replica;
import io.quorate.bench.compare.Target;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;

/**
 * Apache Ratis over its own gRPC and its own segmented log. Its log syncs by default. What differs
 * from its defaults: reads are made linearizable, and its client may have as many calls outstanding
 * as the load wants (100 by default, beyond which it blocks).
 */
public final class RatisPeer implements Contender {
  private static final int OUTSTANDING_DEFAULT = 100;

  /** Its gRPC talks to the JDK's logging, which talks to the screen; kept, or the level is lost. */
  private static final Logger ITS_GRPC = Logger.getLogger("org.apache.ratis.thirdparty");

  /** Made by name, in the class loader of the library. */
  public RatisPeer() {
    ITS_GRPC.setLevel(Level.OFF);
  }

  @Override
  public String parts() {
    return "its gRPC on loopback, its segmented log";
  }

  @Override
  public String durability(GroupSetup setup) {
    return setup.durability();
  }

  @Override
  public String settings(GroupSetup setup) {
    return "Apache Ratis "
        + Contender.version(RaftServer.class)
        + ", election timeout 150 to 300 ms (its default), linearizable reads by read index,"
        + " outstanding requests at most "
        + outstanding(setup)
        + " (100 by default), client retries through its retry cache";
  }

  private static int outstanding(GroupSetup setup) {
    return Math.max(OUTSTANDING_DEFAULT, setup.clients() + setup.clients() / 4);
  }

  @Override
  public Replica start(GroupSetup setup, int node) {
    RaftProperties properties = new RaftProperties();
    GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
    GrpcConfigKeys.Server.setPort(properties, setup.ports().get(node - 1));
    File folder = Path.of(setup.directory(), "n" + node).toFile();
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder));
    RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, !setup.synced());
    CounterStateMachine machine = new CounterStateMachine(setup.machine());
    RaftGroup group = group(setup);
    try {
      RaftServer server =
          RaftServer.newBuilder()
              .setServerId(RaftPeerId.valueOf("n" + node))
              .setGroup(group)
              .setStateMachine(machine)
              .setProperties(properties)
              .build();
      server.start();
      return new RatisReplica(server, group.getGroupId(), machine);
    } catch (IOException e) {
      throw new ContenderFailure("Ratis replica n" + node + " cannot start: " + e, e);
    }
  }

  @Override
  public Target connect(GroupSetup setup) {
    RaftProperties properties = new RaftProperties();
    RaftClientConfigKeys.Async.setOutstandingRequestsMax(properties, outstanding(setup));
    return new RatisTarget(
        RaftClient.newBuilder().setProperties(properties).setRaftGroup(group(setup)).build());
  }

  private static RaftGroup group(GroupSetup setup) {
    List<RaftPeer> peers = new ArrayList<>();
    for (String address : setup.addresses()) {
      peers.add(RaftPeer.newBuilder().setId("n" + (peers.size() + 1)).setAddress(address).build());
    }
    // Groups of former runs in the same process have other directories.
    UUID id = UUID.nameUUIDFromBytes(setup.directory().getBytes(StandardCharsets.UTF_8));
    return RaftGroup.valueOf(RaftGroupId.valueOf(id), peers);
  }
}
