// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import org.jspecify.annotations.Nullable;

/** Commands that the leader proposes for the log's own sake: digests of states, checkpoints. */
final class Chores {
  private final StateDigests digests = new StateDigests();
  private boolean checkpoint;
  private int others;

  /** An entry is to be applied. */
  void begin(Entry entry) {
    checkpoint = false;
    others = entry.count() == 0 ? 1 : entry.count();
  }

  /** One of its commands. */
  void run(CommandKind kind, byte[] payload) {
    others--;
    if (kind == CommandKind.CHECKPOINT) {
      checkpoint = true;
      return;
    }
    StateDigest leaders;
    try {
      leaders = StateDigest.decode(payload);
    } catch (IllegalArgumentException e) {
      return; // of another release: nothing to compare
    }
    digests.compare(leaders);
  }

  /** The entry is applied: notes the digest of the state, where all replicas do. */
  void end(long slot, StateMachine stateMachine) {
    if (checkpoint || slot % StateDigest.EVERY_SLOTS == 0) {
      byte[] digest = stateMachine.digest();
      if (digest != null) {
        digests.add(new StateDigest(slot, stateMachine.version(), digest));
      }
    }
  }

  boolean asksForCheckpoint() {
    return checkpoint;
  }

  /** Whether the entry held nothing else. */
  boolean wereAll() {
    return others == 0;
  }

  @Nullable StateDigest latestDigest() {
    return digests.latest();
  }

  /** The state is another one now. */
  void forget() {
    digests.clear();
    checkpoint = false;
  }
}
