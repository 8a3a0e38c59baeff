// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Messages between replicas: one stream for each pair, dialled by the one with the smaller name.
 *
 * <p>Starting points: {@link io.quorate.grpc.peer.GrpcTransport}, {@link
 * io.quorate.grpc.peer.PeerConfig}.
 */
@NullMarked
package io.quorate.grpc.peer;

import org.jspecify.annotations.NullMarked;
