// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Seat;
import io.quorate.core.protocol.Trace;
import io.quorate.sim.contract.MemoryLogStore;
import io.quorate.sim.contract.RecordingEffects;
import io.quorate.sim.contract.TextProposal;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage;
import io.quorate.vsr.protocol.log.Superblock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One replica, n1 of n1, n2 and n3, driven by hand: primary of views 0, 3, 6. Messages that wait
 * for a write lie in {@code out().held} until {@link #persist} lets them go.
 */
final class Fixture {
  static final NodeId N1 = NodeId.of("n1");
  static final NodeId N2 = NodeId.of("n2");
  static final NodeId N3 = NodeId.of("n3");
  static final long WALL = 1_700_000_000_000_000_000L;

  private final MemoryLogStore.Disk disk = new MemoryLogStore.Disk();
  private VsrConfig config = VsrConfig.defaults();
  private @Nullable SnapshotRef snapshot;
  private RecordingEffects out = RecordingEffects.logOnDisk();
  private @Nullable LogStore store;
  private @Nullable VsrReplica core;
  private boolean headCertain = true;
  private long nanos = 1_000_000_000L;
  private long token;
  private long nextRead = 1;
  private long nextRequest = 1;

  /** What a replica of a group of three finds that left this on its disk. */
  Fixture left(long view, long lastNormalView, long... viewsOfOrigin) {
    LogStore writer = disk.open();
    writer.recover(null, 1 << 20);
    byte[] block = new Superblock(view, lastNormalView, false, null).encode();
    writer.write(
        List.of(new DurableWrite(++token, block, List.of(), 0, null, entries(viewsOfOrigin))));
    return this;
  }

  /** What a replica of three finds whose disk was lost, once the operator has prepared it. */
  Fixture lostDisk() {
    LogStore writer = disk.open();
    writer.recover(null, 1 << 20);
    writer.write(List.of(new DurableWrite(++token, Superblock.LOST.encode(), 0, null, List.of())));
    return this;
  }

  /** The same, but that the log begins behind a snapshot. */
  Fixture leftBehind(SnapshotRef ref, long view, long lastNormalView, Entry... entries) {
    snapshot = ref;
    byte[] block = new Superblock(view, lastNormalView, false, null).encode();
    LogStore writer = disk.open();
    writer.write(List.of(new DurableWrite(++token, block, 0, ref.base(), List.of(entries))));
    return this;
  }

  Fixture config(VsrConfig other) {
    config = other;
    return this;
  }

  Fixture uncertainHead() {
    headCertain = false;
    return this;
  }

  MemoryLogStore.Disk disk() {
    return disk;
  }

  Fixture start() {
    LogStore opened = disk.open();
    store = opened;
    DurableState found = opened.recover(snapshot, 1 << 20);
    DurableState state =
        new DurableState(
            found.hardState(),
            found.base(),
            found.head(),
            found.epochs(),
            found.tail(),
            found.faulty(),
            found.configurations(),
            found.snapshot(),
            headCertain);
    core =
        new VsrReplica(new Seat(GroupId.of("g"), N1, List.of(N1, N2, N3), new Random(7)), config);
    core().restore(state, now(), out);
    return this;
  }

  /** What a crash now would leave. */
  Fixture crashAndStart() {
    nanos += 1_000_000_000L;
    out = RecordingEffects.logOnDisk();
    headCertain = true;
    return start();
  }

  private VsrReplica core() {
    VsrReplica running = core;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  RecordingEffects out() {
    return out;
  }

  ReplicaStatus status() {
    return core().status();
  }

  Now now() {
    return new Now(nanos, WALL + nanos);
  }

  Fixture pass(long millis) {
    nanos += Duration.ofMillis(millis).toNanos();
    return this;
  }

  Fixture step(Event event) {
    core().step(event, now(), out);
    return this;
  }

  /** Waits for what is due next, and lets it happen. */
  Fixture tick() {
    nanos = Math.max(nanos, core().deadlineNanos());
    return step(Event.Tick.INSTANCE);
  }

  /** Lets time pass, and what is due in it happen. */
  Fixture run(long millis) {
    long until = nanos + Duration.ofMillis(millis).toNanos();
    while (core().deadlineNanos() <= until) {
      tick();
    }
    nanos = until;
    return this;
  }

  Fixture receive(NodeId from, VsrMessage message) {
    return step(new Event.Received(from, message));
  }

  Fixture submit(String text) {
    return step(new Event.Submitted(new TextProposal(text)));
  }

  /** Asks for a linearizable read; returns its number. */
  long read() {
    return read(ReadConsistency.LINEARIZABLE);
  }

  /** Asks for a read; returns its number. */
  long read(ReadConsistency consistency) {
    long id = nextRead++;
    step(new Event.ReadRequested(id, consistency));
    return id;
  }

  /** An operator asks for a handover, to whoever is fit if null; returns the request's number. */
  long handOver(@Nullable NodeId target) {
    long id = nextRequest++;
    step(new Event.Admin(id, new AdminCommand.TransferLeadership(target)));
    return id;
  }

  /**
   * Makes n1 primary of view 3, with a log that n2 offers, too, and knows to be committed so far.
   * Nothing is acknowledged yet, nor anything prepared.
   */
  static Fixture leading(VsrConfig config, long commit, long... viewsOfOrigin) {
    Fixture n1 = new Fixture().config(config).left(3, 2, viewsOfOrigin).start();
    LogShape log = shape(viewsOfOrigin);
    n1.receive(N2, new VsrMessage.DoViewChange(3, 2, commit, log, log.op(), List.of()));
    return n1.persist();
  }

  /**
   * The same, once n2 has acknowledged the log of the view and its first op, which has no command:
   * all is committed, reads are served.
   */
  static Fixture serving(VsrConfig config, long... viewsOfOrigin) {
    Fixture n1 = leading(config, 0, viewsOfOrigin).answer(N2, viewsOfOrigin.length).persist();
    return n1.answer(N2, viewsOfOrigin.length + 1).forget();
  }

  static Fixture serving(long... viewsOfOrigin) {
    return serving(VsrConfig.defaults(), viewsOfOrigin);
  }

  /** A backup answers the last sign of life that was sent to it: it has so much. */
  Fixture answer(NodeId backup, long op) {
    return answer(backup, lastTo(backup, VsrMessage.Commit.class), op);
  }

  Fixture answer(NodeId backup, VsrMessage.Commit commit, long op) {
    return receive(
        backup,
        new VsrMessage.CommitOk(
            commit.view(),
            op,
            hashOf(op),
            0,
            commit.round(),
            commit.sentNanos(),
            now().wallNanos()));
  }

  /** A backup acknowledges what it has, in this replica's view. */
  Fixture acknowledge(NodeId backup, long op) {
    return acknowledge(backup, op, 0);
  }

  Fixture acknowledge(NodeId backup, long op, long checkpoint) {
    return receive(backup, new VsrMessage.PrepareOk(status().epoch(), op, hashOf(op), checkpoint));
  }

  /** H(op) of this replica's log. */
  ChainHash hashOf(long op) {
    Entry entry = core().log().get(op);
    return entry == null ? LogBase.EMPTY.hash() : entry.hash();
  }

  /** Views of origin of what is in the log's window, in order. */
  List<Long> origins() {
    List<Long> origins = new ArrayList<>();
    for (long op = core().log().firstSlot(); op <= core().log().lastSlot(); op++) {
      Entry entry = core().log().get(op);
      origins.add(entry == null ? -1 : entry.epoch());
    }
    return origins;
  }

  boolean saturated() {
    return core().saturated(false, now());
  }

  /** What was sent so far is not looked at. */
  Fixture forget() {
    out.sent.clear();
    out.commits.clear();
    out.traces.clear();
    return this;
  }

  /** Messages of a kind that left for this member. */
  <M extends VsrMessage> List<M> sentTo(NodeId node, Class<M> kind) {
    List<M> found = new ArrayList<>();
    for (Outgoing each : out.sent) {
      if (each.to().equals(node) && kind.isInstance(each.message())) {
        found.add(kind.cast(each.message()));
      }
    }
    return found;
  }

  <M extends VsrMessage> M lastTo(NodeId node, Class<M> kind) {
    List<M> found = sentTo(node, kind);
    if (found.isEmpty()) {
      throw new AssertionError("no " + kind.getSimpleName() + " to " + node + ": " + out.sent);
    }
    return found.getLast();
  }

  /** Whether a message was noticed and changed nothing. */
  boolean ignored(NodeId from, Class<? extends VsrMessage> kind) {
    for (Trace trace : out.traces) {
      if (trace instanceof Trace.Ignored seen
          && seen.from().equals(from)
          && seen.message().equals(kind.getSimpleName())) {
        return true;
      }
    }
    return false;
  }

  /** The log up to and including these ops, as a snapshot of so many bytes. */
  static SnapshotRef snapshotOf(int sizeBytes, long... viewsOfOrigin) {
    Entry last = entries(viewsOfOrigin).getLast();
    return new SnapshotRef(
        "s" + last.slot(),
        last.slot(),
        last.epoch(),
        last.hash(),
        last.lastIndex(),
        last.timeFloorNanos(),
        new byte[0],
        sizeBytes,
        new byte[32]);
  }

  /** Everything asked for so far becomes durable, and what waited for it leaves. */
  Fixture persist() {
    LogStore open = store;
    while (open != null && !out.writes.isEmpty()) {
      open.write(List.copyOf(out.writes));
      out.writes.clear();
      out.sent.addAll(out.held);
      out.held.clear();
      step(new Event.Persisted(out.lastToken()));
    }
    return this;
  }

  /** Messages of a kind that left, and are forgotten. */
  <M extends VsrMessage> List<M> taken(Class<M> kind) {
    List<M> found = new ArrayList<>();
    for (Outgoing each : out.sent) {
      if (kind.isInstance(each.message())) {
        found.add(kind.cast(each.message()));
      }
    }
    out.sent.clear();
    return found;
  }

  /** Entries of these views of origin from op 1 on. */
  static List<Entry> entries(long... viewsOfOrigin) {
    List<Entry> entries = new ArrayList<>();
    ChainHash parent = LogBase.EMPTY.hash();
    long time = WALL;
    for (int i = 0; i < viewsOfOrigin.length; i++) {
      Entry entry =
          new TextProposal("op " + (i + 1) + " of view " + viewsOfOrigin[i])
              .seal(i + 1, viewsOfOrigin[i], i + 1, time, parent);
      entries.add(entry);
      parent = entry.hash();
      time = entry.timeFloorNanos();
    }
    return entries;
  }

  /** The shape of {@link #entries}. */
  static LogShape shape(long... viewsOfOrigin) {
    List<LogShape.Run> runs = new ArrayList<>();
    for (int i = 0; i < viewsOfOrigin.length; i++) {
      if (i == 0 || viewsOfOrigin[i - 1] != viewsOfOrigin[i]) {
        runs.add(new LogShape.Run(i + 1, viewsOfOrigin[i]));
      }
    }
    List<Entry> entries = entries(viewsOfOrigin);
    ChainHash last =
        entries.isEmpty() ? LogBase.EMPTY.hash() : entries.get(entries.size() - 1).hash();
    return new LogShape(0, 0, runs, viewsOfOrigin.length, last);
  }
}
