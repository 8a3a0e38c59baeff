// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

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

/**
 * Keeps what a core asked for until the test looks at it, in the order in which it asked. For one
 * thread.
 */
public final class RecordingEffects implements Effects {
  /** Entries that are to be read back. */
  public record Load(long loadId, long from, long through, int bytesMax) {}

  /** A request to the object store. */
  public record Asked(long id, ObjectRequest request, long timeoutNanos) {}

  /** A part of a snapshot that a member is to get. */
  public record ChunkRead(NodeId to, SnapshotRef snapshot, long offset, int bytesMax) {}

  /** A part of a snapshot that came from a member. */
  public record ChunkWrite(SnapshotRef snapshot, long offset, byte[] bytes) {}

  /** What was proposed from this slot on, and never will be committed. */
  public record NotCommitted(long fromSlot, Refusal why) {}

  /** What left. */
  public final List<Outgoing> sent = new ArrayList<>();

  /** What waits for a write. */
  public final List<Outgoing> held = new ArrayList<>();

  /** What is to become durable. */
  public final List<DurableWrite> writes = new ArrayList<>();

  /** What is to be read back from the log. */
  public final List<Load> loads = new ArrayList<>();

  /** What was asked of the object store. */
  public final List<Asked> asked = new ArrayList<>();

  /** Slots up to which the log was said to be committed. */
  public final List<Long> commits = new ArrayList<>();

  /** Entries that proposals became. */
  public final List<Entry> proposed = new ArrayList<>();

  /** Why proposals were not taken. */
  public final List<Refusal> rejected = new ArrayList<>();

  /** What was taken, and never will be committed. */
  public final List<NotCommitted> notCommitted = new ArrayList<>();

  /** Slots that reads must see, by the numbers of the reads. */
  public final Map<Long, Long> answers = new LinkedHashMap<>();

  /** Why reads are not served, by their numbers. */
  public final Map<Long, Refusal> rejectedReads = new LinkedHashMap<>();

  /** Roles taken. */
  public final List<RoleChange> roles = new ArrayList<>();

  /** Parts of snapshots to be sent. */
  public final List<ChunkRead> chunkReads = new ArrayList<>();

  /** Parts of snapshots to be kept. */
  public final List<ChunkWrite> chunkWrites = new ArrayList<>();

  /** Snapshots that replace the state. */
  public final List<SnapshotRef> installs = new ArrayList<>();

  /** How administrators' requests ended, by their numbers: "done", or the code of the refusal. */
  public final Map<Long, String> admins = new LinkedHashMap<>();

  /** Why the replica stopped. */
  public final List<String> halts = new ArrayList<>();

  /** What was noted. */
  public final List<Trace> traces = new ArrayList<>();

  private final boolean logInStore;
  private long lastToken;

  private RecordingEffects(boolean logInStore) {
    this.logInStore = logInStore;
  }

  /** For a protocol whose log is on disks: it must ask nothing of an object store. */
  public static RecordingEffects logOnDisk() {
    return new RecordingEffects(false);
  }

  /** For a protocol whose log is in an object store: it must read no log back from the disk. */
  public static RecordingEffects logInStore() {
    return new RecordingEffects(true);
  }

  /** Token of the last write that was asked for. */
  public long lastToken() {
    return lastToken;
  }

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
    owed(!logInStore, "load");
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
    owed(logInStore, "notCommitted");
    notCommitted.add(new NotCommitted(fromSlot, why));
  }

  @Override
  public void object(long requestId, ObjectRequest request, long timeoutNanos) {
    owed(logInStore, "object");
    asked.add(new Asked(requestId, request, timeoutNanos));
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

  private static void owed(boolean itsOwn, String effect) {
    if (!itsOwn) {
      throw new AssertionError("a protocol of this kind has no use for " + effect);
    }
  }
}
