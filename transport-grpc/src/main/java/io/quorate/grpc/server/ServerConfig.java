// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.TlsFiles;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node's server needs.
 *
 * @param listen address to listen on; port 0 takes any free one
 * @param members where all replicas of the group listen, told to clients
 * @param tls null for plain text
 */
public record ServerConfig(
    GroupId group,
    NodeId self,
    Endpoint listen,
    SortedMap<NodeId, Endpoint> members,
    @Nullable TlsFiles tls,
    Limits limits) {

  /** Keeps the members from being changed later. */
  public ServerConfig {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /**
   * Bounds in bytes and calls.
   *
   * @param messageBytesMax largest frame accepted, of peers and clients
   * @param commandBytesMax told to clients; 0 if unknown. The replica itself refuses larger ones
   * @param callsMax unanswered calls of one connection beyond which no more are read from it
   * @param repliesBytesMax answers waiting for one client beyond which no more calls are read
   * @param frameBytes size from which answers are sent without a flush
   */
  public record Limits(
      int messageBytesMax,
      long commandBytesMax,
      int callsMax,
      long repliesBytesMax,
      int frameBytes) {

    /** Fit for clients with many commands in flight. */
    public static final Limits DEFAULT = new Limits(80 << 20, 0, 1 << 17, 16L << 20, 64 << 10);

    /** Refuses bounds that allow nothing. */
    public Limits {
      if (messageBytesMax < 1 || callsMax < 1 || repliesBytesMax < 1 || frameBytes < 1) {
        throw new IllegalArgumentException("the limits of a server must be positive");
      }
    }
  }
}
