// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;

/** One consensus protocol: makes its cores, and knows its messages as bytes. */
public interface Backend {

  /** Name in the configuration: {@code raft}, {@code vsr}, {@code s3}. */
  String name();

  /** Makes the core of one replica. */
  ReplicaCore core(Seat seat);

  /** The protocol's messages as bytes; safe for use by several threads. */
  MessageCodec codec();
}
