// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;

/** A message and where it goes. */
public record Outgoing(NodeId to, ProtocolMessage message) {}
