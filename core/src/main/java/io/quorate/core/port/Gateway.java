// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.api.ReadConsistency;
import io.quorate.core.log.CommandKind;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;

/**
 * The clients' door of one replica, in the same process or behind a connection. Never blocks; safe
 * for several threads. Every call is answered exactly once on its sink, possibly before it returns.
 */
public interface Gateway {

  /**
   * Takes answers, each with the tag of its call. Called by threads of the replica or of the
   * transport; must not block. Answers of one batch come together and end with {@link #flush}.
   */
  interface ReplySink {
    /** The command was applied, or the read was served (epoch 0, index of the state it saw). */
    void done(long tag, long index, long epoch, byte[] result);

    /** The call ended without a result. */
    void refused(long tag, Refusal refusal);

    /** No more answers come for the moment. */
    void flush();
  }

  /** Offers one command, see {@link io.quorate.core.log.Slab}; copies the payload. */
  void submit(
      CommandKind kind,
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      ReplySink sink,
      long tag);

  /** Asks the state machine. */
  void read(ReadConsistency consistency, byte[] query, ReplySink sink, long tag);

  /** Asks the protocol or the runtime. */
  void admin(AdminCommand command, ReplySink sink, long tag);

  /** Nothing more is offered for the moment: send what was gathered. */
  void flush();
}
