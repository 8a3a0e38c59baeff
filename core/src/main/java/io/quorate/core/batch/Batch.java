// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.batch;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.Slab;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Admitted commands and, beside them, who waits for their answers: two arrays, no object for each
 * command. Used by one thread at a time.
 */
public final class Batch implements Proposal {
  private final Slab.Writer slab;
  private @Nullable ReplySink[] sinks;
  private long[] tags;
  private boolean sealed;

  Batch(int expectedBytes, int expectedCommands) {
    slab = new Slab.Writer(expectedBytes);
    sinks = new @Nullable ReplySink[expectedCommands];
    tags = new long[expectedCommands];
  }

  void append(
      CommandKind kind,
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      @Nullable ReplySink sink,
      long tag) {
    int ordinal = slab.count();
    if (ordinal == tags.length) {
      sinks = Arrays.copyOf(sinks, ordinal * 2);
      tags = Arrays.copyOf(tags, ordinal * 2);
    }
    sinks[ordinal] = sink;
    tags[ordinal] = tag;
    slab.append(kind, session, sequence, acknowledgedBelow, payload, offset, payloadBytes);
  }

  @Override
  public int count() {
    return slab.count();
  }

  @Override
  public int sizeBytes() {
    return slab.sizeBytes();
  }

  @Override
  public Entry seal(long slot, long epoch, long firstIndex, long timeNanos, ChainHash parent) {
    Check.that(!sealed, "a batch gets one slot only, second was %s", slot);
    sealed = true;
    return Entry.seal(
        slab.frame(), EntryKind.COMMANDS, slot, epoch, firstIndex, count(), timeNanos, parent);
  }

  /** Who waits for the answer to the command at {@code ordinal}; null: nobody does. */
  public @Nullable ReplySink sink(int ordinal) {
    return sinks[ordinal];
  }

  /** Tag of the command at {@code ordinal}. */
  public long tag(int ordinal) {
    return tags[ordinal];
  }

  /** Answers all commands alike. */
  public void refuseAll(Refusal why) {
    ReplySink last = null;
    for (int ordinal = 0; ordinal < count(); ordinal++) {
      ReplySink sink = sinks[ordinal];
      if (sink != null) {
        sink.refused(tags[ordinal], why);
        if (last != null && !last.equals(sink)) {
          last.flush();
        }
        last = sink;
      }
    }
    if (last != null) {
      last.flush();
    }
  }
}
