// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.grpc.Endpoint;
import java.util.SortedMap;

/**
 * What a replica tells a client that connects.
 *
 * @param group that it belongs to
 * @param node its name
 * @param members where all replicas of the group listen, so that the leader can be found by name
 * @param commandBytesMax largest command it accepts; 0 if it does not tell
 */
public record Welcome(
    GroupId group, NodeId node, SortedMap<NodeId, Endpoint> members, long commandBytesMax) {}
