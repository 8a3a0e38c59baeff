// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

/** A message between replicas; each backend seals its own set of records under this. */
public interface ProtocolMessage {

  /** The protocol's own name for it, for traces and counters. */
  String name();
}
