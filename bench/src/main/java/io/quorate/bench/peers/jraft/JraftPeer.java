// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import com.alipay.remoting.CustomSerializerManager;
import com.alipay.remoting.log.BoltLoggerFactory;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import io.quorate.bench.compare.Contender;
import io.quorate.bench.compare.ContenderFailure;
import io.quorate.bench.compare.GroupSetup;
import io.quorate.bench.compare.Replica;
import io.quorate.bench.compare.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * SOFAJRaft over its own RPC (Bolt) and its log in RocksDB, which syncs by default. What differs
 * from its defaults: the queue of its RPC server is longer, or it refuses calls with a thousand
 * outstanding; calls travel as plain bytes; and RocksDB is the version that we use.
 */
public final class JraftPeer implements Contender {
  private static final String QUEUE = "bolt.tp.queue";
  private static final int QUEUE_CALLS_MAX = 16_384;

  static {
    muteBolt();
    System.setProperty(QUEUE, Integer.toString(QUEUE_CALLS_MAX));
    CustomSerializerManager.registerCustomSerializer(
        Message.class.getName(), new MessageSerializer());
  }

  /**
   * Bolt would set up log files of its own in the home folder; told not to, it says on the screen
   * that it does not.
   */
  private static void muteBolt() {
    System.setProperty("sofa.middleware.log.disable", "true");
    PrintStream out = System.out;
    PrintStream err = System.err;
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setOut(nowhere);
    System.setErr(nowhere);
    try {
      BoltLoggerFactory.getLogger(JraftPeer.class).debug("muted");
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Made by name, in the class loader of the library. */
  public JraftPeer() {}

  @Override
  public String parts() {
    return "its RPC on loopback, RocksDB";
  }

  @Override
  public String durability(GroupSetup setup) {
    return setup.durability();
  }

  @Override
  public String settings(GroupSetup setup) {
    return "SOFAJRaft "
        + Contender.version(Node.class)
        + ", election timeout "
        + new NodeOptions().getElectionTimeoutMs()
        + " ms (its default), linearizable reads by read index, RPC queue of "
        + QUEUE_CALLS_MAX
        + " calls (600 by default), RocksDB as ours, client repeats nothing that is unclear";
  }

  @Override
  public Replica start(GroupSetup setup, int node) {
    Path folder = Path.of(setup.directory(), "n" + node);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + folder, e);
    }
    CounterStateMachine machine = new CounterStateMachine(setup.machine());
    NodeOptions options = new NodeOptions();
    options.setFsm(machine);
    options.setLogUri(folder.resolve("log").toString());
    options.setRaftMetaUri(folder.resolve("meta").toString());
    options.getRaftOptions().setSync(setup.synced());
    options.setInitialConf(new Configuration(peers(setup)));
    RaftGroupService service =
        new RaftGroupService(group(setup), peers(setup).get(node - 1), options);
    service.getRpcServer().registerProcessor(new CallProcessor(service::getRaftNode, machine));
    Node raft = service.start();
    if (raft == null) {
      throw new ContenderFailure("SOFAJRaft replica n" + node + " cannot start");
    }
    return new JraftReplica(service, raft, machine);
  }

  /** Its registry of nodes lasts as long as the process: a group of its own for each run. */
  private static String group(GroupSetup setup) {
    return "compare" + Integer.toHexString(setup.directory().hashCode());
  }

  private static List<PeerId> peers(GroupSetup setup) {
    return setup.addresses().stream().map(PeerId::parsePeer).toList();
  }

  @Override
  public Target connect(GroupSetup setup) {
    RpcClient client = RpcFactoryHelper.rpcFactory().createRpcClient();
    client.init(new RpcOptions());
    List<Endpoint> members = peers(setup).stream().map(PeerId::getEndpoint).toList();
    return new JraftTarget(client, members);
  }
}
