// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.batch;

import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Slab;
import io.quorate.core.port.Gateway.ReplySink;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Gathers commands of all callers into slabs. There is no waiting time: while the protocol's
 * pipeline is full the open batch grows, and whatever is there goes when there is room again.
 *
 * <p>Any thread appends, the replica's loop cuts. Guarded by its own monitor, held for the copy of
 * one command at most.
 */
public final class Batcher {
  private final int batchBytesMax;
  private final int batchCommandsMax;
  private final ArrayDeque<Batch> full = new ArrayDeque<>();
  private final AdmittedSequences admitted = new AdmittedSequences();
  private @Nullable Batch open;
  private int expectedBytes = 4096;
  private int expectedCommands = 16;

  /** Makes batches of at most these sizes; a larger single command gets a batch of its own. */
  public Batcher(int batchBytesMax, int batchCommandsMax) {
    this.batchBytesMax = batchBytesMax;
    this.batchCommandsMax = batchCommandsMax;
  }

  /** Adds one admitted command. */
  public synchronized void append(
      CommandKind kind,
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      @Nullable ReplySink sink,
      long tag) {
    Batch batch = open;
    int recordBytes = Slab.RECORD_HEADER_BYTES + payloadBytes;
    if (batch != null
        && (batch.sizeBytes() + recordBytes > batchBytesMax || batch.count() >= batchCommandsMax)) {
      full.add(batch);
      batch = null;
    }
    if (batch == null) {
      batch = new Batch(Math.max(expectedBytes, recordBytes), expectedCommands);
      open = batch;
    }
    batch.append(
        kind, session, sequence, acknowledgedBelow, payload, offset, payloadBytes, sink, tag);
  }

  /**
   * Adds one admitted command of a session, unless it is known to have been added before.
   *
   * @return 0 if it was added; otherwise the {@link #admittedGeneration} in which it had been added
   *     before: it is on its way or was applied as long as that does not change
   */
  public synchronized long appendUnlessRepeated(
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      @Nullable ReplySink sink,
      long tag) {
    if (!admitted.admit(session, sequence)) {
      return admitted.generation();
    }
    append(
        CommandKind.SESSION,
        session,
        sequence,
        acknowledgedBelow,
        payload,
        offset,
        payloadBytes,
        sink,
        tag);
    return 0;
  }

  /**
   * Something that was added did not or may not take effect: commands that are sent again are to be
   * logged again.
   */
  public synchronized void forgetAdmitted() {
    admitted.forget();
  }

  /** Changes with every {@link #forgetAdmitted}. */
  public synchronized long admittedGeneration() {
    return admitted.generation();
  }

  /** Takes the oldest batch, full or not; null when there is nothing. */
  public synchronized @Nullable Batch cut() {
    Batch batch = full.poll();
    if (batch == null) {
      batch = open;
      open = null;
    }
    if (batch != null) {
      // The next batch is likely to be of a similar size: no regrowing under steady load.
      int bytes = Math.max(batch.sizeBytes() + batch.sizeBytes() / 4, 1024);
      int commands = Math.max(batch.count() + batch.count() / 4, 4);
      expectedBytes = Math.min(bytes, batchBytesMax);
      expectedCommands = Math.min(commands, batchCommandsMax);
    }
    return batch;
  }

  /** Whether a batch waits that is as large as it may be. */
  public synchronized boolean hasFull() {
    return !full.isEmpty();
  }

  /** Whether nothing waits. */
  public synchronized boolean isEmpty() {
    return open == null && full.isEmpty();
  }
}
