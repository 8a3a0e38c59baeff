// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Makes this module a transport of Quorate nodes and clients: settings, wiring, and the node's own
 * view of the network.
 *
 * <p>Starting point: {@link io.quorate.grpc.guice.GrpcTransportPlugin}.
 */
@NullMarked
package io.quorate.grpc.guice;

import org.jspecify.annotations.NullMarked;
