// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.protocol.Proposal;

/** A batch whose commands are there already: sealing it copies and hashes them, nothing else. */
record FixedProposal(byte[] frame, int count) implements Proposal {
  /** A batch of {@code count} commands. */
  static FixedProposal of(int count) {
    return new FixedProposal(Commands.frame(count, 1), count);
  }

  @Override
  public int sizeBytes() {
    return frame.length - Entry.HEADER_BYTES;
  }

  @Override
  public Entry seal(long slot, long epoch, long firstIndex, long timeNanos, ChainHash parent) {
    return Entry.seal(
        frame.clone(), EntryKind.COMMANDS, slot, epoch, firstIndex, count, timeNanos, parent);
  }
}
