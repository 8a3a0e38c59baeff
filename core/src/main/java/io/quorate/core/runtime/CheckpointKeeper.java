// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Slab;

/**
 * A leader's duty towards the snapshots: name, through the log, where all replicas take the next
 * one, so that they are of the same state everywhere, whoever restarted or lagged meanwhile. Asks
 * again, with as much log more, if what it proposed was lost. Confined to the loop.
 */
final class CheckpointKeeper {
  private static final byte[] NOTHING = new byte[0];

  private final ApplyLoop apply;
  private final Batcher batcher;
  private final Admission admission;
  private long askedAtBytes;

  CheckpointKeeper(ApplyLoop apply, Batcher batcher, Admission admission) {
    this.apply = apply;
    this.batcher = batcher;
    this.admission = admission;
  }

  void turn(boolean leader) {
    long dueBytes = apply.checkpointDueBytes();
    if (!leader || dueBytes < askedAtBytes) {
      askedAtBytes = 0;
    }
    if (!leader || dueBytes == 0 || (askedAtBytes > 0 && dueBytes < 2 * askedAtBytes)) {
      return;
    }
    if (admission.tryAdmit(Slab.RECORD_HEADER_BYTES)) {
      askedAtBytes = dueBytes;
      batcher.append(CommandKind.CHECKPOINT, 0, 0, 0, NOTHING, 0, 0, null, 0);
    }
  }
}
