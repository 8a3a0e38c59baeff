// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batch;
import io.quorate.core.check.Check;
import io.quorate.core.protocol.Refusal;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The batches that this replica proposed and that are not yet committed, in order of their slots.
 * Confined to the loop.
 */
final class PendingReplies {
  private record Waiting(long slot, Batch batch) {}

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Admission admission;

  PendingReplies(Admission admission) {
    this.admission = admission;
  }

  void add(long slot, Batch batch) {
    Waiting last = waiting.peekLast();
    Check.that(last == null || last.slot < slot, "slot %s was proposed already", slot);
    waiting.add(new Waiting(slot, batch));
  }

  /** The batch that waits for {@code slot}, which is now committed; null if none does. */
  @Nullable Batch take(long slot) {
    Waiting first = waiting.peekFirst();
    if (first == null || first.slot > slot) {
      return null;
    }
    Check.that(first.slot == slot, "slot %s was passed over, now at %s", first.slot, slot);
    waiting.removeFirst();
    return first.batch;
  }

  /** Ends those for {@code fromSlot} and later slots. */
  void refuseFrom(long fromSlot, Refusal why) {
    for (Waiting last = waiting.peekLast();
        last != null && last.slot >= fromSlot;
        last = waiting.peekLast()) {
      waiting.removeLast();
      last.batch.refuseAll(why);
      admission.release(last.batch.sizeBytes());
    }
  }

  /** Ends all of them: they may or may not be applied, here nobody will know. */
  void refuseAll(Refusal why) {
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      next.batch.refuseAll(why);
      admission.release(next.batch.sizeBytes());
    }
  }
}
