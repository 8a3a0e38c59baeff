// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Slab;
import io.quorate.core.protocol.Now;
import io.quorate.core.session.ExpireSessions;

/**
 * A leader's duty towards sessions: propose that the silent ones be forgotten. Whether they are is
 * decided at apply, by consensus time, alike everywhere. Confined to the loop.
 */
final class SessionKeeper {
  private static final long PROPOSE_EVERY_NANOS = 1_000_000_000;

  private final ApplyLoop apply;
  private final Batcher batcher;
  private final Admission admission;
  private long nextNanos = Long.MIN_VALUE;

  SessionKeeper(ApplyLoop apply, Batcher batcher, Admission admission) {
    this.apply = apply;
    this.batcher = batcher;
    this.admission = admission;
  }

  void turn(Now now, boolean leader) {
    if (!leader
        || now.monotonicNanos() < nextNanos
        || apply.earliestExpiryNanos() > now.wallNanos()) {
      return;
    }
    byte[] payload = ExpireSessions.encode(now.wallNanos());
    if (admission.tryAdmit(Slab.RECORD_HEADER_BYTES + payload.length)) {
      nextNanos = now.monotonicNanos() + PROPOSE_EVERY_NANOS;
      batcher.append(CommandKind.EXPIRE_SESSIONS, 0, 0, 0, payload, 0, payload.length, null, 0);
    }
  }
}
