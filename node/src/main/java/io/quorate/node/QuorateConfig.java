// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.Module;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.config.Endpoint;
import io.quorate.node.config.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The checked configuration of one replica. Immutable.
 *
 * <p>Values come, the first that is there, from the given overrides, from system properties ({@code
 * -Dquorate.raft.pre-vote=false}), from the environment ({@code
 * CONFIG_FORCE_quorate_raft_pre__vote=false}), from the file, from the defaults.
 */
public final class QuorateConfig {
  private final NodeId node;
  private final GroupConfig group;
  private final Path dataDirectory;
  private final SessionSettings sessions;
  private final SnapshotSettings snapshot;
  private final DiskSettings disk;
  private final LimitSettings limits;
  private final String effective;
  private final List<Module> plugins;

  QuorateConfig(
      NodeId node,
      GroupConfig group,
      Path dataDirectory,
      SessionSettings sessions,
      SnapshotSettings snapshot,
      DiskSettings disk,
      LimitSettings limits,
      String effective,
      List<Module> plugins) {
    this.node = node;
    this.group = group;
    this.dataDirectory = dataDirectory;
    this.sessions = sessions;
    this.snapshot = snapshot;
    this.disk = disk;
    this.limits = limits;
    this.effective = effective;
    this.plugins = List.copyOf(plugins);
  }

  /**
   * Reads a configuration for one of the members of its group.
   *
   * @throws ConfigurationException with everything that is wrong with it
   */
  public static QuorateConfig load(Path file, NodeId node) {
    return load(file, node, Map.of());
  }

  /**
   * As {@link #load(Path, NodeId)}, with values that win over everything else.
   *
   * @param overrides by key, with or without the leading {@code quorate.}
   */
  public static QuorateConfig load(Path file, NodeId node, Map<String, String> overrides) {
    return new ConfigReader(ConfigSource.read(file, overrides)).node(node);
  }

  /**
   * As {@link #load(Path, NodeId)}, from text instead of a file; without system properties and
   * environment.
   */
  public static QuorateConfig parse(String hocon, NodeId node) {
    return parse(hocon, node, Map.of());
  }

  /**
   * As {@link #parse(String, NodeId)}, with values that win over the text.
   *
   * @param overrides by key, with or without the leading {@code quorate.}
   */
  public static QuorateConfig parse(String hocon, NodeId node, Map<String, String> overrides) {
    return new ConfigReader(ConfigSource.text(hocon, overrides)).node(node);
  }

  /** The replica that this configuration is for. */
  public NodeId node() {
    return node;
  }

  /** Name of the group. */
  public GroupId group() {
    return group.group();
  }

  /** Name of the consensus protocol. */
  public String backend() {
    return group.backend();
  }

  /** All members with their addresses. */
  public SortedMap<NodeId, Endpoint> members() {
    return group.members();
  }

  /** What this replica's clients have to know. */
  public GroupConfig groupConfig() {
    return group;
  }

  /** This replica's own folder: {@code <data-dir>/<group>/<node>}. */
  public Path dataDirectory() {
    return dataDirectory;
  }

  /** Limits of client sessions. */
  public SessionSettings sessions() {
    return sessions;
  }

  /** When to take snapshots. */
  public SnapshotSettings snapshot() {
    return snapshot;
  }

  /** How to look after the log. */
  public DiskSettings disk() {
    return disk;
  }

  /** What is admitted. */
  public LimitSettings limits() {
    return limits;
  }

  /** Files for TLS; empty: plain connections. */
  public Optional<TlsSettings> tls() {
    return group.tls();
  }

  /** Hash of the settings on which all members must agree; part of the handshake of peers. */
  public String agreement() {
    return group.agreement();
  }

  /** All settings in force, defaults included, as a configuration that can be read again. */
  public String effective() {
    return effective;
  }

  /** Modules of the chosen backend, transport and storage engine. */
  List<Module> plugins() {
    return plugins;
  }
}
