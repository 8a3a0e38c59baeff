// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.NodeId;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what a core decided, carries nothing out, and allocates nothing. */
final class QuietEffects implements Effects {
  /** Messages sent or released so far. */
  long messages;

  /** The last of them. */
  @Nullable ProtocolMessage lastMessage;

  /** Token of the last write. */
  long token;

  /** Last slot committed. */
  long committed;

  /** Last slot proposed. */
  long proposed;

  @Override
  public void send(Outgoing message) {
    messages++;
    lastMessage = message.message();
  }

  @Override
  public void persist(DurableWrite write, List<Outgoing> releases) {
    token = write.token();
    for (int i = 0; i < releases.size(); i++) {
      send(releases.get(i));
    }
  }

  @Override
  public void load(long loadId, long fromSlot, long throughSlot, int bytesMax) {
    throw unexpected("load");
  }

  @Override
  public void commit(long slot) {
    committed = slot;
  }

  @Override
  public void proposed(Proposal proposal, Entry entry) {
    proposed = entry.slot();
  }

  @Override
  public void notCommitted(long fromSlot, Refusal why) {
    throw unexpected("notCommitted: " + why);
  }

  @Override
  public void object(long requestId, ObjectRequest request, long timeoutNanos) {
    throw unexpected("object: " + request);
  }

  @Override
  public void reject(Proposal proposal, Refusal why) {
    throw unexpected("reject: " + why);
  }

  @Override
  public void answer(long readId, long slot) {
    throw unexpected("answer");
  }

  @Override
  public void rejectRead(long readId, Refusal why) {
    throw unexpected("rejectRead: " + why);
  }

  @Override
  public void role(RoleChange change) {}

  @Override
  public void readSnapshot(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {
    throw unexpected("readSnapshot");
  }

  @Override
  public void writeSnapshot(SnapshotRef snapshot, long offset, byte[] bytes) {
    throw unexpected("writeSnapshot");
  }

  @Override
  public void install(SnapshotRef snapshot) {
    throw unexpected("install");
  }

  @Override
  public void adminDone(long requestId, @Nullable Refusal why) {
    throw unexpected("adminDone");
  }

  @Override
  public void halt(String reason) {
    throw unexpected("halt: " + reason);
  }

  @Override
  public void trace(Trace trace) {}

  private static IllegalStateException unexpected(String what) {
    return new IllegalStateException("no benchmark asks for this: " + what);
  }
}
