// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Stage;
import com.google.inject.spi.Message;
import io.quorate.api.NodeId;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Role;
import io.quorate.api.error.Closed;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.apply.DeterminismAudit;
import io.quorate.core.client.ClientOptions;
import io.quorate.core.client.LogClient;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Backend;
import io.quorate.core.port.Clock;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Seat;
import io.quorate.core.runtime.LoggingObserver;
import io.quorate.core.runtime.Replica;
import io.quorate.core.runtime.RuntimeLimits;
import io.quorate.core.runtime.ThreadHost;
import io.quorate.core.session.SessionLimits;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.plugin.Network;
import io.quorate.node.plugin.ObjectStorage;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.StorageEngine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica in this process, from its configuration to its orderly end.
 *
 * <pre>{@code
 * QuorateConfig config = QuorateConfig.load(Path.of("quorate.conf"), NodeId.of("n1"));
 * try (QuorateNode node = QuorateNode.start(config, new Inventory())) {
 *   Session session = node.log().openSession().join();
 *   Receipt receipt = session.submit(command).join();
 * }
 * }</pre>
 *
 * <p>Safe for several threads.
 */
public final class QuorateNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QuorateNode.class);

  /** How long {@link #close()} waits for another replica to take over. */
  private static final Duration HAND_OVER_MAX = Duration.ofSeconds(3);

  private final QuorateConfig config;
  private final StateMachine stateMachine;
  private final Backend backend;
  private final StorageEngine storage;
  private final @Nullable ObjectStorage objects;
  private final Network network;
  private final Clock clock;
  private volatile @Nullable Running running;

  /** Everything that exists only while the replica runs. */
  private record Running(
      StorageEngine.Opened storage,
      ObjectStore objects,
      Network.ReplicaEnd network,
      Replica replica,
      LogClient log,
      AdminCalls admin) {}

  QuorateNode(
      QuorateConfig config,
      StateMachine stateMachine,
      Backend backend,
      StorageEngine storage,
      @Nullable ObjectStorage objects,
      Network network,
      Clock clock) {
    this.config = config;
    this.stateMachine = stateMachine;
    this.backend = backend;
    this.storage = storage;
    this.objects = objects;
    this.network = network;
    this.clock = clock;
  }

  /**
   * Wires and starts a replica. On return it takes part in its group; a leader need not be known
   * yet.
   *
   * @throws StartException the port, the folder, the files or the object store cannot be used; says
   *     why
   * @throws ConfigurationException a plugin lacks something that another one should provide
   */
  public static QuorateNode start(QuorateConfig config, StateMachine stateMachine) {
    return start(config, stateMachine, UnaryOperator.identity());
  }

  /**
   * As {@link #start(QuorateConfig, StateMachine)}, with something between the replica and its
   * storage: for tests and benchmarks of disks that are slow or hang. What is put there answers for
   * the promises of {@link StorageEngine}.
   *
   * @param disk gets the engine of the configuration, once, and returns what the replica uses
   */
  public static QuorateNode start(
      QuorateConfig config, StateMachine stateMachine, UnaryOperator<StorageEngine> disk) {
    QuorateNode node;
    try {
      node =
          Guice.createInjector(
                  Stage.PRODUCTION,
                  new StrictModule(),
                  new QuorateModule(config, stateMachine, disk))
              .getInstance(QuorateNode.class);
    } catch (CreationException e) {
      throw new ConfigurationException(
          e.getErrorMessages().stream().map(Message::getMessage).toList());
    }
    node.start();
    return node;
  }

  /**
   * Starts a replica that {@link QuorateModule} provided; once.
   *
   * @throws StartException the port, the folder, the files or the object store cannot be used; says
   *     why
   * @throws ConfigurationException the backend needs an object store that no plugin provides
   */
  public synchronized void start() {
    if (running != null) {
      throw new IllegalStateException(config.node() + " was started already");
    }
    StorageEngine.Opened opened =
        storage.open(config.dataDirectory(), config.group(), config.node(), backend.name());
    @Nullable ObjectStore store = null;
    Network.@Nullable ReplicaEnd end = null;
    try {
      store = openObjects();
      end =
          network.open(
              new Network.Place(
                  config.group(),
                  config.node(),
                  config.members(),
                  config.agreement(),
                  backend.codec()));
      ActorHost host = new ThreadHost(clock);
      Replica replica = Replica.start(parts(opened, store, end, host));
      end.serve(replica.door());
      LogClient log =
          LogClient.start(
              new MemberDirectory(config.groupConfig(), network, config.node(), replica.door()),
              clock,
              host,
              ClientOptions.DEFAULT,
              new SecureRandom());
      running = new Running(opened, store, end, replica, log, new AdminCalls(replica.door()));
    } catch (StorageFault e) {
      throw new StartException(
          "the data in " + config.dataDirectory() + " cannot be used: " + e.getMessage(), e);
    } finally {
      if (running == null) {
        if (end != null) {
          end.close();
        }
        if (store != null) {
          store.close();
        }
        opened.close();
      }
    }
  }

  private ObjectStore openObjects() {
    ObjectStorage present = objects;
    if (present != null) {
      return present.open(config.group(), config.node());
    }
    if (backend.needs().objects()) {
      throw new ConfigurationException(
          "the backend "
              + backend.name()
              + " keeps its log in an object store, and its plugin provides none");
    }
    return ObjectStore.NONE;
  }

  private Replica.Parts parts(
      StorageEngine.Opened opened, ObjectStore store, Network.ReplicaEnd end, ActorHost host) {
    Seat seat =
        new Seat(
            config.group(),
            config.node(),
            List.copyOf(config.members().keySet()),
            new SplittableRandom(new SecureRandom().nextLong()));
    return new Replica.Parts(
        seat,
        backend,
        DeterminismAudit.ifAskedFor(stateMachine),
        opened.log(),
        opened.snapshots(),
        store,
        end.transport(),
        clock,
        host,
        limits(),
        SessionLimits.DEFAULT,
        new ConsensusMetrics(),
        new LoggingObserver(config.group(), config.node()));
  }

  private RuntimeLimits limits() {
    RuntimeLimits base = RuntimeLimits.DEFAULT;
    Backend.Needs needs = backend.needs();
    return new RuntimeLimits(
        config.limits().command().toIntBytes(),
        config.limits().inFlight().bytes(),
        needs.batchBytesMax() > 0 ? needs.batchBytesMax() : base.batchBytesMax(),
        needs.batchCommandsMax() > 0 ? needs.batchCommandsMax() : base.batchCommandsMax(),
        base.readsWaitingMax(),
        base.readTimeout(),
        base.inboxMessagesMax(),
        base.applyBacklogBytesMax(),
        config.snapshot().everyLogBytes().bytes(),
        config.snapshot().keep(),
        base.tailBytesMax(),
        config.sessions().max(),
        config.sessions().expireAfter(),
        config.disk().scrubEvery());
  }

  /** What this replica was started with. */
  public QuorateConfig config() {
    return config;
  }

  /** The replicated state machine; calls go to whichever replica leads. */
  public ReplicatedLog log() {
    return running().log();
  }

  /** A recent picture of this replica; never blocks. */
  public ReplicaReport status() {
    return running().replica().door().report();
  }

  /**
   * Asks this replica to hand leadership over; completes when it has, fails with a {@link
   * io.quorate.api.error.ConsensusException} when it does not lead or cannot.
   *
   * @param target empty: to the replica that is furthest
   */
  public CompletableFuture<Void> transferLeadership(Optional<NodeId> target) {
    return running().admin().call(new AdminCommand.TransferLeadership(target.orElse(null)));
  }

  /** Asks this replica for a snapshot now; completes when it is durable. */
  public CompletableFuture<Void> takeSnapshot() {
    return running().admin().call(new AdminCommand.TakeSnapshot());
  }

  /**
   * Ends in order: hands leadership over if this replica leads, lets go of its clients, stops, and
   * closes its files. Blocks for a few seconds at most; twice is harmless.
   */
  @Override
  public synchronized void close() {
    Running ending = running;
    if (ending == null) {
      return;
    }
    handOver(ending);
    ending.network().stopServing();
    stop(ending);
  }

  /**
   * Stops at once, as a crash would: the others are told nothing and have to find out. For tests
   * and benchmarks of exactly that; {@link #close()} is the end that users want.
   */
  public synchronized void abort() {
    Running ending = running;
    if (ending != null) {
      ending.network().close();
      stop(ending);
    }
  }

  private void stop(Running ending) {
    ending.log().close();
    ending.replica().close();
    ending.network().close();
    ending.objects().close();
    ending.storage().close();
    running = null;
  }

  private void handOver(Running ending) {
    if (ending.replica().haltReason() != null
        || config.members().size() == 1
        || ending.replica().door().report().protocol().role() != Role.LEADER) {
      return;
    }
    try {
      ending
          .admin()
          .call(new AdminCommand.TransferLeadership(null))
          .get(HAND_OVER_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      LOG.info("leadership was not handed over before the end: {}", cause.getMessage());
    } catch (TimeoutException e) {
      LOG.info("leadership was not handed over before the end, within {}", HAND_OVER_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Running running() {
    Running present = running;
    if (present == null) {
      throw new Closed("replica " + config.node() + " is not running");
    }
    return present;
  }
}
