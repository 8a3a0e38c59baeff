// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What runs in a client: a connection to one replica, and the question how a replica is.
 *
 * <p>Starting points: {@link io.quorate.grpc.client.GrpcGateway}, {@link
 * io.quorate.grpc.client.GrpcStatusClient}.
 */
@NullMarked
package io.quorate.grpc.client;

import org.jspecify.annotations.NullMarked;
