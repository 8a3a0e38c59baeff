// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Peers and remote clients over gRPC: what both sides share, and nothing else.
 *
 * <p>Starting points: {@link io.quorate.grpc.peer.GrpcTransport} carries messages between replicas,
 * {@link io.quorate.grpc.server.GrpcServer} is the one port of a node, {@link
 * io.quorate.grpc.client.GrpcGateway} is a client's connection to one node. The formats are in
 * {@link io.quorate.grpc.codec}.
 */
@NullMarked
package io.quorate.grpc;

import org.jspecify.annotations.NullMarked;
