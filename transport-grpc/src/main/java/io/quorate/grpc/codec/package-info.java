// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What travels: frames between replicas, frames between a client and a replica, refusals, reports.
 *
 * <p>A frame is one gRPC message. Its first byte tells its kind: 1 is the handshake, a protobuf
 * message, first in each direction; 2 is traffic, whose layout is in {@link
 * io.quorate.grpc.codec.PeerFrameMarshaller} and {@link io.quorate.grpc.codec.Records}. Numbers are
 * little-endian. The version in the handshake covers all of it.
 *
 * <p>Starting points: {@link io.quorate.grpc.codec.QuorateMethods}, {@link
 * io.quorate.grpc.codec.PeerFrame}, {@link io.quorate.grpc.codec.CallFrame}, {@link
 * io.quorate.grpc.codec.RefusalTable}.
 */
@NullMarked
package io.quorate.grpc.codec;

import org.jspecify.annotations.NullMarked;
