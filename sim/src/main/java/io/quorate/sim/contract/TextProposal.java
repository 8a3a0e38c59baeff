// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.Slab;
import io.quorate.core.protocol.Proposal;
import java.nio.charset.StandardCharsets;

/** One plain command, of ASCII text. */
public record TextProposal(String text) implements Proposal {
  @Override
  public int count() {
    return 1;
  }

  @Override
  public int sizeBytes() {
    return Slab.RECORD_HEADER_BYTES + text.length();
  }

  @Override
  public Entry seal(long slot, long epoch, long firstIndex, long timeNanos, ChainHash parent) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    Slab.Writer slab = new Slab.Writer(64);
    slab.append(CommandKind.PLAIN, 0, 0, 0, payload, 0, payload.length);
    return Entry.seal(
        slab.frame(), EntryKind.COMMANDS, slot, epoch, firstIndex, 1, timeNanos, parent);
  }
}
