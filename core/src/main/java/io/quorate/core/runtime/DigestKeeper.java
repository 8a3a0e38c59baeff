// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.apply.StateDigest;
import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Slab;

/**
 * A leader's duty towards the replicated state: tell through the log what its state comes to, so
 * that every replica can compare. Confined to the loop.
 */
final class DigestKeeper {
  private final ApplyLoop apply;
  private final Batcher batcher;
  private final Admission admission;
  private long proposedSlot;

  DigestKeeper(ApplyLoop apply, Batcher batcher, Admission admission) {
    this.apply = apply;
    this.batcher = batcher;
    this.admission = admission;
  }

  void turn(boolean leader) {
    StateDigest latest = apply.latestDigest();
    if (!leader || latest == null || latest.slot() <= proposedSlot) {
      return;
    }
    byte[] payload = latest.encode();
    if (admission.tryAdmit(Slab.RECORD_HEADER_BYTES + payload.length)) {
      proposedSlot = latest.slot();
      batcher.append(CommandKind.DIGEST, 0, 0, 0, payload, 0, payload.length, null, 0);
    }
  }
}
