// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The one port of a node: other replicas, clients and operators come in here.
 *
 * <p>Starting point: {@link io.quorate.grpc.server.GrpcServer}.
 */
@NullMarked
package io.quorate.grpc.server;

import org.jspecify.annotations.NullMarked;
