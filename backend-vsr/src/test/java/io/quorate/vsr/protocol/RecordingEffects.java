// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.NodeId;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps what a core asked for until somebody looks. */
final class RecordingEffects implements Effects {
  record Load(long loadId, long from, long through, int bytesMax) {}

  record ChunkRead(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {}

  record ChunkWrite(SnapshotRef snapshot, long offset, byte[] bytes) {}

  final List<Outgoing> sent = new ArrayList<>();
  final List<Outgoing> held = new ArrayList<>();
  final List<DurableWrite> writes = new ArrayList<>();
  final List<Load> loads = new ArrayList<>();
  final List<Long> commits = new ArrayList<>();
  final List<Entry> proposed = new ArrayList<>();
  final List<Refusal> rejected = new ArrayList<>();
  final Map<Long, Long> answers = new LinkedHashMap<>();
  final Map<Long, Refusal> rejectedReads = new LinkedHashMap<>();
  final List<RoleChange> roles = new ArrayList<>();
  final List<ChunkRead> chunkReads = new ArrayList<>();
  final List<ChunkWrite> chunkWrites = new ArrayList<>();
  final List<SnapshotRef> installs = new ArrayList<>();
  final Map<Long, String> admins = new LinkedHashMap<>();
  final List<String> halts = new ArrayList<>();
  final List<Trace> traces = new ArrayList<>();
  long lastToken;

  @Override
  public void send(Outgoing message) {
    sent.add(message);
  }

  @Override
  public void persist(DurableWrite write, List<Outgoing> releases) {
    writes.add(write);
    held.addAll(releases);
    lastToken = write.token();
  }

  @Override
  public void load(long loadId, long fromSlot, long throughSlot, int bytesMax) {
    loads.add(new Load(loadId, fromSlot, throughSlot, bytesMax));
  }

  @Override
  public void commit(long slot) {
    commits.add(slot);
  }

  @Override
  public void proposed(Proposal proposal, Entry entry) {
    proposed.add(entry);
  }

  @Override
  public void notCommitted(long fromSlot, Refusal why) {
    throw new AssertionError("VSR never says so");
  }

  @Override
  public void object(long requestId, ObjectRequest request, long timeoutNanos) {
    throw new AssertionError("VSR has no object store");
  }

  @Override
  public void reject(Proposal proposal, Refusal why) {
    rejected.add(why);
  }

  @Override
  public void answer(long readId, long slot) {
    answers.put(readId, slot);
  }

  @Override
  public void rejectRead(long readId, Refusal why) {
    rejectedReads.put(readId, why);
  }

  @Override
  public void role(RoleChange change) {
    roles.add(change);
  }

  @Override
  public void readSnapshot(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {
    chunkReads.add(new ChunkRead(to, snapshot, offset, bytesMax));
  }

  @Override
  public void writeSnapshot(SnapshotRef snapshot, long offset, byte[] bytes) {
    chunkWrites.add(new ChunkWrite(snapshot, offset, bytes));
  }

  @Override
  public void install(SnapshotRef snapshot) {
    installs.add(snapshot);
  }

  @Override
  public void adminDone(long requestId, @Nullable Refusal why) {
    admins.put(requestId, why == null ? "done" : why.code().name());
  }

  @Override
  public void halt(String reason) {
    halts.add(reason);
  }

  @Override
  public void trace(Trace trace) {
    traces.add(trace);
  }
}
