// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.aeron;

import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.quorate.bench.compare.Contender;
import io.quorate.bench.compare.ContenderFailure;
import io.quorate.bench.compare.GroupSetup;
import io.quorate.bench.compare.Replica;
import io.quorate.bench.compare.Target;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.IoUtil;
import org.agrona.concurrent.NoOpLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Aeron Cluster over UDP on loopback, its log in its archive. What differs from its defaults: with
 * {@code --durability fsync} archive, catalog and cluster have file sync level 1, since at level 0
 * it never syncs; and a replica has three threads beside its driver's, not more, since the machine
 * is shared by all replicas.
 */
public final class AeronPeer implements Contender {
  static final Logger LOG = LoggerFactory.getLogger(AeronPeer.class);

  /** Errors end calls and replicas, which is what the comparison sees of them. */
  static final ErrorHandler QUIET = error -> LOG.debug("Aeron reports", error);

  /** Messages may be an eighth of it: enough for the largest command, and for the diary. */
  static final String CLIENT_CHANNEL = "aeron:udp?term-length=16m";

  private static final String ANY_PORT = "aeron:udp?endpoint=127.0.0.1:0";
  private static final String WITHIN = "aeron:ipc?term-length=64k";
  private static final Path MEMORY = Path.of("/dev/shm");

  /** Consensus, log, catch-up and archive; the port of the replica is that of the ingress. */
  private static final int MORE_PORTS = 4;

  private static final int ARCHIVE_PORT = 3;

  /** Made by name, in the class loader of the library. */
  public AeronPeer() {}

  @Override
  public String parts() {
    return "UDP on loopback, its archive";
  }

  @Override
  public int morePorts() {
    return MORE_PORTS;
  }

  @Override
  public String durability(GroupSetup setup) {
    return setup.durability() + " (file sync level " + syncLevel(setup) + ")";
  }

  @Override
  public String settings(GroupSetup setup) {
    return "Aeron Cluster "
        + Contender.version(ConsensusModule.class)
        + ", file sync level "
        + syncLevel(setup)
        + " of archive, catalog and cluster (0 is its default), leader heartbeat timeout "
        + TimeUnit.NANOSECONDS.toSeconds(
            ConsensusModule.Configuration.LEADER_HEARTBEAT_TIMEOUT_DEFAULT_NS)
        + " s (its default), driver and archive with one shared thread each, back-off idle"
        + " strategies, reads as commands through the log (it has no other linearizable ones), one"
        + " client that repeats nothing";
  }

  private static int syncLevel(GroupSetup setup) {
    return setup.synced() ? 1 : 0;
  }

  @Override
  public Replica start(GroupSetup setup, int node) {
    refuseWithoutAccess();
    String driver = driverFolder(setup, "n" + node);
    File folder = Path.of(setup.directory(), "n" + node).toFile();
    CounterService service = new CounterService(setup.machine());
    AeronReplica replica = new AeronReplica(service);
    try {
      replica.driver(MediaDriver.launch(driver(driver)));
      replica.part(Archive.launch(archive(setup, node, driver, folder)));
      replica.part(ConsensusModule.launch(consensus(setup, node, driver, folder)));
      replica.part(
          ClusteredServiceContainer.launch(
              new ClusteredServiceContainer.Context()
                  .aeronDirectoryName(driver)
                  .archiveContext(archiveClient(driver))
                  .clusterDir(new File(folder, "cluster"))
                  .clusteredService(service)
                  .errorHandler(QUIET)
                  .terminationHook(() -> {})));
      return replica;
    } catch (RuntimeException e) {
      replica.abort().join();
      throw new ContenderFailure("Aeron replica n" + node + " cannot start: " + e, e);
    }
  }

  /** A driver of its own for each replica and for the client, as on machines of their own. */
  static MediaDriver.Context driver(String folder) {
    return new MediaDriver.Context()
        .aeronDirectoryName(folder)
        .threadingMode(ThreadingMode.SHARED)
        .termBufferSparseFile(true)
        .spiesSimulateConnection(true)
        .dirDeleteOnStart(true)
        .dirDeleteOnShutdown(true)
        .errorHandler(QUIET);
  }

  private static Archive.Context archive(GroupSetup setup, int node, String driver, File folder) {
    return new Archive.Context()
        .aeronDirectoryName(driver)
        .archiveDir(new File(folder, "archive"))
        .controlChannel(
            "aeron:udp?endpoint=" + address(setup.morePorts().get(node - 1).get(ARCHIVE_PORT)))
        .localControlChannel(WITHIN)
        .replicationChannel(ANY_PORT)
        .recordingEventsEnabled(false)
        .threadingMode(ArchiveThreadingMode.SHARED)
        .fileSyncLevel(syncLevel(setup))
        .catalogFileSyncLevel(syncLevel(setup))
        .errorHandler(QUIET);
  }

  private static AeronArchive.Context archiveClient(String driver) {
    return new AeronArchive.Context()
        .aeronDirectoryName(driver)
        .lock(NoOpLock.INSTANCE)
        .controlRequestChannel(WITHIN)
        .controlResponseChannel(WITHIN);
  }

  private static ConsensusModule.Context consensus(
      GroupSetup setup, int node, String driver, File folder) {
    return new ConsensusModule.Context()
        .aeronDirectoryName(driver)
        .archiveContext(archiveClient(driver))
        .clusterDir(new File(folder, "cluster"))
        .clusterMemberId(node - 1)
        .clusterMembers(members(setup))
        .ingressChannel(CLIENT_CHANNEL)
        .replicationChannel(ANY_PORT)
        .fileSyncLevel(syncLevel(setup))
        .errorHandler(QUIET)
        .terminationHook(() -> {});
  }

  /** {@code id,ingress,consensus,log,catchup,archive|…} */
  private static String members(GroupSetup setup) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < setup.ports().size(); i++) {
      List<String> member = new ArrayList<>(List.of("" + i, address(setup.ports().get(i))));
      setup.morePorts().get(i).forEach(port -> member.add(address(port)));
      members.add(String.join(",", member));
    }
    return String.join("|", members);
  }

  /** {@code 0=127.0.0.1:7101,1=…} */
  static String ingressEndpoints(GroupSetup setup) {
    List<String> endpoints = new ArrayList<>();
    for (String address : setup.addresses()) {
      endpoints.add(endpoints.size() + "=" + address);
    }
    return String.join(",", endpoints);
  }

  private static String address(int port) {
    return "127.0.0.1:" + port;
  }

  @Override
  public Target connect(GroupSetup setup) {
    refuseWithoutAccess();
    return new AeronTarget(setup);
  }

  /** Agrona, on which Aeron is built, has no other way to memory. */
  private static void refuseWithoutAccess() {
    if (!Object.class.getModule().isOpen("jdk.internal.misc", AeronPeer.class.getModule())) {
      throw new ContenderFailure(
          "Aeron needs a JVM with --add-opens java.base/jdk.internal.misc=ALL-UNNAMED: start the"
              + " comparison with ./quorate, which gives it, or add the flag");
    }
  }

  /**
   * Where a driver has its buffers: in memory, as Aeron itself does it by default, or the disk
   * would write them too.
   */
  static String driverFolder(GroupSetup setup, String name) {
    Path directory = Path.of(setup.directory());
    return Files.isWritable(MEMORY)
        ? MEMORY.resolve(directory.getFileName() + "-" + name).toString()
        : directory.resolve("driver-" + name).toString();
  }

  /** What killed processes left behind in memory. */
  @Override
  public void cleanUp(GroupSetup setup) {
    for (int node = 1; node <= setup.ports().size(); node++) {
      IoUtil.delete(new File(driverFolder(setup, "n" + node)), true);
    }
    IoUtil.delete(new File(driverFolder(setup, "client")), true);
  }
}
