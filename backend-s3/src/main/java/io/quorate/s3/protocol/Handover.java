// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.NodeId;
import io.quorate.s3.protocol.append.OwnSeal;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to hand leadership over.
 *
 * @param requestId the operator's request
 * @param untilNanos the leader goes on leading if it could not begin to seal by then
 * @param seal null until the window is empty
 */
record Handover(NodeId successor, long requestId, long untilNanos, @Nullable OwnSeal seal) {
  /** The same, beyond the point of no return. */
  Handover sealing(OwnSeal own) {
    return new Handover(successor, requestId, untilNanos, own);
  }
}
