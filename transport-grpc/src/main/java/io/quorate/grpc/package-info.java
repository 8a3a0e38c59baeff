// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Peers and remote clients over gRPC. */
@NullMarked
package io.quorate.grpc;

import org.jspecify.annotations.NullMarked;
