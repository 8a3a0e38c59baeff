// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.Module;
import com.google.inject.util.Modules;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.node.config.ConfigDocument;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.config.DataSize;
import io.quorate.node.config.Endpoint;
import io.quorate.node.config.TlsSettings;
import io.quorate.node.plugin.BackendPlugin;
import io.quorate.node.plugin.StoragePlugin;
import io.quorate.node.plugin.TransportPlugin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads all keys once, gathers all errors, and throws them together. */
final class ConfigReader {
  /** Sections that may stand in a file whatever the backend, so that switching is one line. */
  private static final List<String> BACKENDS = List.of("raft", "vsr", "s3");

  private final ConfigDocument document;
  private final ConfigSection root;

  ConfigReader(Config config) {
    this.document = new ConfigDocument(config);
    this.root = document.section(ConfigSource.ROOT);
  }

  /** The configuration of one replica; throws {@link ConfigurationException}. */
  QuorateConfig node(NodeId node) {
    return read(node);
  }

  /**
   * What is the same for all replicas; that of the first one. Throws {@link
   * ConfigurationException}.
   */
  QuorateConfig anyNode() {
    return read(null);
  }

  /** The configuration of the group's clients; throws {@link ConfigurationException}. */
  GroupConfig group() {
    return read(null).groupConfig();
  }

  /** The transport on the class path with its defaults, without TLS. */
  static Module defaultTransport() {
    ConfigReader reader = new ConfigReader(ConfigFactory.empty());
    Module transport = reader.transport(Optional.empty());
    if (!reader.document.problems().isEmpty()) {
      throw new ConfigurationException(reader.document.problems());
    }
    return transport;
  }

  /** The storage engine on the class path with its defaults. */
  static Module defaultStorage() {
    ConfigReader reader = new ConfigReader(ConfigFactory.empty());
    Module storage = reader.storage();
    if (!reader.document.problems().isEmpty()) {
      throw new ConfigurationException(reader.document.problems());
    }
    return storage;
  }

  private QuorateConfig read(@Nullable NodeId wanted) {
    GroupId group = groupId();
    SortedMap<NodeId, Endpoint> members = members();
    NodeId node = node(wanted, members);
    Optional<TlsSettings> tls = tls();
    String dataDir = root.text("data-dir", "data");
    @Nullable SessionSettings sessions = checked(this::sessions);
    @Nullable SnapshotSettings snapshot = checked(this::snapshot);
    @Nullable DiskSettings disk = checked(this::disk);
    @Nullable LimitSettings limits = checked(this::limits);

    String backend = root.clusterWide().text("backend", "");
    Module protocol = backend(backend);
    Module transport = transport(tls);
    Module storage = storage();
    BACKENDS.stream().filter(name -> !name.equals(backend)).forEach(this::skip);
    installed(BackendPlugin.class)
        .map(BackendPlugin::name)
        .filter(name -> !name.equals(backend))
        .forEach(this::skip);
    document.refuseUnknownKeys(ConfigSource.ROOT);

    if (!document.problems().isEmpty()
        || sessions == null
        || snapshot == null
        || disk == null
        || limits == null) {
      throw new ConfigurationException(document.problems());
    }
    return new QuorateConfig(
        node,
        new GroupConfig(group, backend, members, tls, document.agreement(), transport),
        Path.of(dataDir, group.value(), node.value()),
        sessions,
        snapshot,
        disk,
        limits,
        document.effective(ConfigSource.ROOT),
        List.of(protocol, transport, storage));
  }

  private GroupId groupId() {
    String name = root.clusterWide().text("group");
    if (!name.isEmpty()) {
      try {
        return GroupId.of(name);
      } catch (IllegalArgumentException e) {
        root.problem("group", "cannot be used: " + e.getMessage());
      }
    }
    return GroupId.of("unnamed");
  }

  private SortedMap<NodeId, Endpoint> members() {
    SortedMap<NodeId, Endpoint> members = new TreeMap<>();
    SortedMap<Endpoint, NodeId> taken = new TreeMap<>();
    int before = document.problems().size();
    ConfigSection section = root.section("members");
    SortedMap<String, String> texts = section.texts();
    if (texts.isEmpty() && document.problems().size() == before) {
      root.problem("members", "is missing or empty: name every replica with its host:port");
    }
    texts.forEach((name, address) -> {
      if (address.isBlank()) {
        section.problem(name, "has no address: write host:port");
        return;
      }
      try {
        NodeId node = NodeId.of(name);
        Endpoint endpoint = Endpoint.parse(address);
        NodeId other = taken.putIfAbsent(endpoint, node);
        if (other != null) {
          section.problem(name, "has the same address as " + other + ": " + endpoint);
        }
        members.put(node, endpoint);
      } catch (IllegalArgumentException e) {
        section.problem(name, "is not an address: " + e.getMessage());
      }
    });
    document.agree("members", String.join(",", texts.keySet()));
    return members;
  }

  private NodeId node(@Nullable NodeId wanted, SortedMap<NodeId, Endpoint> members) {
    if (wanted != null && !members.isEmpty() && !members.containsKey(wanted)) {
      List<String> names = members.keySet().stream().map(NodeId::value).toList();
      document.problem(
          "node "
              + wanted
              + " is not one of the members in "
              + root.name("members")
              + ": "
              + String.join(", ", names));
    }
    if (wanted != null) {
      return wanted;
    }
    return members.isEmpty() ? NodeId.of("unnamed") : members.firstKey();
  }

  private Optional<TlsSettings> tls() {
    if (!root.has("tls")) {
      return Optional.empty();
    }
    ConfigSection section = root.section("tls");
    return Optional.of(
        new TlsSettings(
            section.file("certificate"), section.file("key"), section.file("authority")));
  }

  private SessionSettings sessions() {
    ConfigSection section = root.section("sessions");
    return new SessionSettings(
        section.number("max", 100_000, 1, 10_000_000),
        section.duration(
            "expire-after", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(30)));
  }

  private SnapshotSettings snapshot() {
    ConfigSection section = root.section("snapshot");
    return new SnapshotSettings(
        section.size(
            "every-log-bytes",
            DataSize.ofMebibytes(256),
            SnapshotSettings.LOG_BYTES_MIN,
            DataSize.ofMebibytes(1 << 20)),
        section.number("keep", 2, 1, 100));
  }

  private DiskSettings disk() {
    ConfigSection section = root.section("disk");
    return new DiskSettings(
        section.duration("scrub-every", Duration.ofHours(24), Duration.ZERO, Duration.ofDays(365)));
  }

  private LimitSettings limits() {
    ConfigSection section = root.section("limits");
    return new LimitSettings(
        section.size(
            "command", DataSize.ofMebibytes(1), DataSize.ofKibibytes(1), DataSize.ofMebibytes(16)),
        section.size(
            "in-flight",
            DataSize.ofMebibytes(64),
            DataSize.ofKibibytes(64),
            DataSize.ofMebibytes(1024)));
  }

  private Module backend(String name) {
    List<BackendPlugin> plugins = installed(BackendPlugin.class).toList();
    if (name.isEmpty()) {
      root.problem("backend", "is missing: name one of " + names(plugins, BackendPlugin::name));
      return Modules.EMPTY_MODULE;
    }
    BackendPlugin plugin = choose("backend", name, plugins, BackendPlugin::name);
    return plugin == null
        ? Modules.EMPTY_MODULE
        : module(() -> plugin.configure(root.section(plugin.name())));
  }

  private Module transport(Optional<TlsSettings> tls) {
    List<TransportPlugin> plugins = installed(TransportPlugin.class).toList();
    String name = root.text("transport", only(plugins, TransportPlugin::name, "grpc"));
    TransportPlugin plugin = choose("transport", name, plugins, TransportPlugin::name);
    return plugin == null
        ? Modules.EMPTY_MODULE
        : module(() -> plugin.configure(root.section(plugin.name()), tls.orElse(null)));
  }

  private Module storage() {
    List<StoragePlugin> plugins = installed(StoragePlugin.class).toList();
    String name = root.text("storage", only(plugins, StoragePlugin::name, "rocksdb"));
    StoragePlugin plugin = choose("storage", name, plugins, StoragePlugin::name);
    return plugin == null
        ? Modules.EMPTY_MODULE
        : module(() -> plugin.configure(root.section(plugin.name())));
  }

  private Module module(Supplier<Module> configured) {
    Module module = checked(configured);
    return module == null ? Modules.EMPTY_MODULE : module;
  }

  /** Settings that do not go together are one more problem, unless they follow from another. */
  private <T> @Nullable T checked(Supplier<T> reading) {
    int before = document.problems().size();
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      if (document.problems().size() == before) {
        document.problem(String.valueOf(e.getMessage()));
      }
      return null;
    }
  }

  private void skip(String backend) {
    document.skip(root.name(backend));
  }

  private <P> @Nullable P choose(
      String key, String name, List<P> plugins, Function<P, String> nameOf) {
    for (P plugin : plugins) {
      if (nameOf.apply(plugin).equals(name)) {
        return plugin;
      }
    }
    root.problem(
        key,
        "names \""
            + name
            + "\", which is not on the class path; available: "
            + names(plugins, nameOf));
    return null;
  }

  private static <P> String only(List<P> plugins, Function<P, String> nameOf, String otherwise) {
    return plugins.size() == 1 ? nameOf.apply(plugins.get(0)) : otherwise;
  }

  private static <P> String names(List<P> plugins, Function<P, String> nameOf) {
    List<String> names = new ArrayList<>();
    plugins.forEach(plugin -> names.add(nameOf.apply(plugin)));
    names.sort(null);
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static <P> Stream<P> installed(Class<P> kind) {
    return ServiceLoader.load(kind, ConfigReader.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get);
  }
}
