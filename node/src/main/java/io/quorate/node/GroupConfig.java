// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.Module;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.config.Endpoint;
import io.quorate.node.config.TlsSettings;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A group as its clients see it: where its members are, and how to talk to them. Immutable.
 *
 * @param agreement hash of the settings on which all members must agree
 * @param transport module that binds {@link io.quorate.node.plugin.Network}
 */
public record GroupConfig(
    GroupId group,
    String backend,
    SortedMap<NodeId, Endpoint> members,
    Optional<TlsSettings> tls,
    String agreement,
    Module transport) {

  /** Copies the members, so that nobody can change them afterwards. */
  public GroupConfig {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /**
   * Reads the part of a configuration that clients need; the rest is checked all the same.
   *
   * @throws ConfigurationException with everything that is wrong with it
   */
  public static GroupConfig load(Path file, Map<String, String> overrides) {
    return new ConfigReader(ConfigSource.read(file, overrides)).group();
  }
}
