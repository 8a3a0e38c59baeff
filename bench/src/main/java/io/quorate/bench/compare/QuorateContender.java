// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.port.ReplicaReport;
import io.quorate.node.QuorateClient;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Our own backends, configured and reached as users do it. */
final class QuorateContender implements Contender {
  /** Shorter than a take-over takes anyway. */
  private static final String S3_LEASE = "2 s";

  /** What is made anew for each run. */
  private static final List<String> OF_A_RUN =
      List.of(
          "quorate.group",
          "quorate.members",
          "quorate.data-dir",
          "quorate.s3.endpoint",
          "quorate.s3.prefix");

  private final String backend;

  QuorateContender(String backend) {
    this.backend = backend;
  }

  /**
   * Reads the configuration that the replicas would have.
   *
   * @throws io.quorate.node.config.ConfigurationException they would refuse it
   */
  void check(CompareOptions options) {
    List<Integer> ports = IntStream.rangeClosed(1, options.replicas()).boxed().toList();
    List<String> urls = Collections.nCopies(options.replicas(), "http://127.0.0.1:1");
    GroupSetup setup =
        new GroupSetup(
            backend,
            "compare",
            "nowhere",
            ports,
            List.of(),
            Collections.nCopies(options.replicas(), ports),
            options.keys(),
            options.clients(),
            backend.equals("s3")
                ? new GroupSetup.Store(urls, options.store().bucket(), "prefix", true)
                : null,
            options.conditions(),
            options.settings());
    QuorateConfig unused = config(setup, 1, ports);
  }

  @Override
  public String parts() {
    return backend.equals("s3")
        ? "AWS SDK over HTTP, gRPC on loopback"
        : "gRPC on loopback, log on disk";
  }

  @Override
  public String durability(GroupSetup setup) {
    GroupSetup.Store store = setup.store();
    if (store == null) {
      return setup.durability();
    }
    return store.embedded() ? "fsync of the embedded store" : "the object store's";
  }

  @Override
  public String settings(GroupSetup setup) {
    return String.join(
        ", ",
        setup.settings().entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .toList());
  }

  @Override
  public SortedMap<String, String> everySetting(GroupSetup setup) {
    SortedMap<String, String> all = new TreeMap<>();
    String text = config(setup, 1, setup.ports()).effective();
    for (Map.Entry<String, ConfigValue> each : ConfigFactory.parseString(text).entrySet()) {
      if (OF_A_RUN.stream().noneMatch(each.getKey()::startsWith)) {
        all.put(each.getKey(), String.valueOf(each.getValue().unwrapped()));
      }
    }
    return all;
  }

  @Override
  public Replica start(GroupSetup setup, int node) {
    StallableDisk disk = new StallableDisk();
    return new Node(
        QuorateNode.start(
            config(setup, node, setup.doors().get(node - 1)), setup.machine(), disk::under),
        disk);
  }

  @Override
  public Target connect(GroupSetup setup) {
    return new LogTarget(
        QuorateClient.connect(config(setup, 1, setup.ports()).groupConfig()),
        setup.conditions().consistency());
  }

  private QuorateConfig config(GroupSetup setup, int node, List<Integer> ports) {
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < ports.size(); i++) {
      members.append(" n").append(i + 1).append(" = \"127.0.0.1:").append(ports.get(i)).append('"');
      members.append(i + 1 < ports.size() ? "," : "");
    }
    StringBuilder hocon = new StringBuilder();
    hocon.append(
        """
        quorate {
          group = %s
          backend = %s
          members {%s }
          data-dir = "%s"
        }
        """
            .formatted(setup.group(), backend, members, setup.directory().replace("\\", "\\\\")));
    GroupSetup.Store store = setup.store();
    if (store != null) {
      hocon.append(section(store, store.urls().get(node - 1)));
    } else if (!setup.synced()) {
      hocon.append("quorate.rocksdb.durability = os\n");
    }
    if (setup.conditions().consistency() instanceof ReadConsistency.Lease) {
      hocon.append(
          store == null
              ? "quorate." + backend + ".lease-reads = true\n"
              : "quorate.s3.lease = " + S3_LEASE + "\n");
    }
    return QuorateConfig.parse(hocon.toString(), NodeId.of("n" + node), setup.settings());
  }

  private static String section(GroupSetup.Store store, String url) {
    // No cost governor: what a PUT costs is what the comparison finds out.
    return """
    quorate.s3 {
      bucket = "%s"
      prefix = "%s"
      endpoint = "%s"
      credentials = %s
      max-puts-per-second = 0
    }
    """
        .formatted(store.bucket(), store.prefix(), url, store.embedded() ? "none" : "chain");
  }

  private record Node(QuorateNode node, StallableDisk disk) implements Replica {
    @Override
    public Status status() {
      ReplicaReport report = node.status();
      return new Status(
          report.protocol().role() == Role.LEADER,
          report.protocol().epoch(),
          report.appliedIndex(),
          report.counters());
    }

    @Override
    public byte[] diary() {
      return node.log()
          .read(CounterMachine.diary(), ReadConsistency.local(0))
          .orTimeout(30, TimeUnit.SECONDS)
          .join();
    }

    @Override
    public CompletableFuture<Void> abort() {
      node.abort();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void stallDisk() {
      disk.stall();
    }

    @Override
    public void freeDisk() {
      disk.goOn();
    }
  }
}
