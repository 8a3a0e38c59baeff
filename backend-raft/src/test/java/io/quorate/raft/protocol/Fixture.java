// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Seat;
import io.quorate.core.protocol.Trace;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.lockstep.MemoryDisk;
import io.quorate.raft.message.RaftMessage;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.raft.message.RaftMessage.PreVote;
import io.quorate.raft.message.RaftMessage.PreVoteReply;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.VoteReply;
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.log.HardState;
import io.quorate.sim.contract.RecordingEffects;
import io.quorate.sim.contract.TextProposal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One replica, n1, driven by hand. Messages that wait for a write lie in {@code out().held} until
 * {@link #persist} lets them go.
 */
final class Fixture {
  static final NodeId N1 = NodeId.of("n1");
  static final NodeId N2 = NodeId.of("n2");
  static final NodeId N3 = NodeId.of("n3");
  static final long WALL = 1_700_000_000_000_000_000L;

  private final List<NodeId> members = new ArrayList<>();
  private final MemoryDisk disk = new MemoryDisk();
  private RaftConfig config = RaftConfig.defaults();
  private RecordingEffects out = RecordingEffects.logOnDisk();
  private @Nullable RaftReplica core;
  private @Nullable SnapshotRef snapshot;
  private boolean headCertain = true;
  private int tailEntries = 1000;
  private long nanos = 1_000_000_000L;
  private long wallNanos = WALL;
  private long nextId = 1;

  private Fixture(int size) {
    for (int i = 1; i <= size; i++) {
      members.add(NodeId.of("n" + i));
    }
  }

  /** A replica of a group of this size that has never run. */
  static Fixture ofGroup(int size) {
    return new Fixture(size);
  }

  /** A group of three. */
  static Fixture ofThree() {
    return new Fixture(3);
  }

  Fixture config(RaftConfig other) {
    config = other;
    return this;
  }

  Fixture hardState(long term, @Nullable NodeId vote) {
    disk.apply(new DurableWrite(0, new HardState(term, vote).encode(), 0, null, List.of()));
    return this;
  }

  /** A log with entries of these terms from slot 1, and a hard state of the last of them. */
  Fixture log(long... terms) {
    disk.apply(new DurableWrite(0, null, 0, null, entries(terms)));
    return terms.length == 0 ? this : hardState(terms[terms.length - 1], null);
  }

  /** A log that begins behind a snapshot of entries of these terms. */
  Fixture logBehind(SnapshotRef ref) {
    LogBase base = ref.base();
    disk.apply(new DurableWrite(0, null, 0, base, List.of()));
    snapshot = ref;
    return hardState(ref.epoch(), null);
  }

  Fixture snapshot(SnapshotRef ref) {
    snapshot = ref;
    return this;
  }

  /** Entries of the log that a start finds damaged. */
  Fixture damaged(long... slots) {
    for (long slot : slots) {
      disk.damage(slot);
    }
    return this;
  }

  Fixture uncertainHead() {
    headCertain = false;
    return this;
  }

  /** How many entries of the log a start finds in memory. */
  Fixture tail(int entries) {
    tailEntries = entries;
    return this;
  }

  Fixture start() {
    core = new RaftReplica(new Seat(GroupId.of("g"), N1, members, new Random(7)), config);
    core().restore(disk.state(snapshot, tailEntries, headCertain), now(), out);
    return this;
  }

  /** What a crash now would leave; nothing of this replica is shared with the next. */
  Fixture crashAndStart() {
    nanos += 1_000_000_000L;
    out = RecordingEffects.logOnDisk();
    return start();
  }

  private RaftReplica core() {
    RaftReplica running = core;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  RecordingEffects out() {
    return out;
  }

  MemoryDisk disk() {
    return disk;
  }

  ReplicaStatus status() {
    return core().status();
  }

  boolean saturated() {
    return core().saturated(false, now());
  }

  Now now() {
    return new Now(nanos, wallNanos);
  }

  Fixture wallNanos(long nanosSince1970) {
    wallNanos = nanosSince1970;
    return this;
  }

  /** Lets time pass without anything happening. */
  Fixture pass(long millis) {
    nanos += Duration.ofMillis(millis).toNanos();
    return this;
  }

  long deadlineInNanos() {
    return core().deadlineNanos() - nanos;
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

  Fixture receive(NodeId from, RaftMessage message) {
    return step(new Event.Received(from, message));
  }

  /** Everything asked for so far becomes durable, and what waited for it leaves. */
  Fixture persist() {
    out.writes.forEach(disk::apply);
    out.writes.clear();
    out.sent.addAll(out.held);
    out.held.clear();
    return step(new Event.Persisted(out.lastToken()));
  }

  Fixture propose(String text) {
    return propose(new TextProposal(text));
  }

  Fixture propose(Proposal proposal) {
    return step(new Event.Submitted(proposal));
  }

  /** Asks to read; returns the name of the read. */
  long read(ReadConsistency consistency) {
    long readId = nextId++;
    step(new Event.ReadRequested(readId, consistency));
    return readId;
  }

  long transfer(@Nullable NodeId target) {
    long requestId = nextId++;
    step(new Event.Admin(requestId, new AdminCommand.TransferLeadership(target)));
    return requestId;
  }

  /** Wins an election of the next term against nobody; forgets what that took. */
  Fixture lead() {
    campaign();
    long term = status().epoch();
    receive(N2, new VoteReply(term, true));
    if (members.size() > 3) {
      receive(N3, new VoteReply(term, true));
    }
    assertThat(status().role()).isEqualTo(Role.LEADER);
    return this;
  }

  /** Times out, gets the pre-votes, and asks for votes. */
  Fixture campaign() {
    tick();
    if (config.safeguards().preVote()) {
      long next = status().epoch() + 1;
      receive(N2, new PreVoteReply(next - 1, next, true));
      if (members.size() > 3) {
        receive(N3, new PreVoteReply(next - 1, next, true));
      }
    }
    return persist();
  }

  /** Leads, and has its first entries committed by n2. */
  Fixture leadAndCommit() {
    lead().persist();
    acknowledge(N2, status().lastSlot());
    assertThat(status().commitSlot()).isEqualTo(status().lastSlot());
    return forget();
  }

  Fixture acknowledge(NodeId from, long match) {
    return receive(from, new AppendOk(status().epoch(), match, 0));
  }

  /** Forgets what was recorded so far, other than what is not durable yet. */
  Fixture forget() {
    out.sent.clear();
    out.commits.clear();
    out.roles.clear();
    out.traces.clear();
    out.loads.clear();
    out.chunkReads.clear();
    return this;
  }

  /** The messages of one kind that left for one replica. */
  <M extends RaftMessage> List<M> sentTo(NodeId to, Class<M> kind) {
    return only(out.sent, to, kind);
  }

  /** The messages of one kind that wait for a write. */
  <M extends RaftMessage> List<M> heldFor(NodeId to, Class<M> kind) {
    return only(out.held, to, kind);
  }

  private static <M extends RaftMessage> List<M> only(
      List<Outgoing> messages, NodeId to, Class<M> kind) {
    List<M> found = new ArrayList<>();
    for (Outgoing message : messages) {
      if (message.to().equals(to) && kind.isInstance(message.message())) {
        found.add(kind.cast(message.message()));
      }
    }
    return found;
  }

  /** The last message of a kind that left for one replica. */
  <M extends RaftMessage> M lastTo(NodeId to, Class<M> kind) {
    List<M> all = sentTo(to, kind);
    assertThat(all).as("%s to %s in %s", kind.getSimpleName(), to, out.sent).isNotEmpty();
    return all.get(all.size() - 1);
  }

  /** Terms of the log in memory, from its first slot. */
  List<Long> logTerms() {
    List<Long> terms = new ArrayList<>();
    for (long slot = core().log().firstSlot(); slot <= core().log().lastSlot(); slot++) {
      Entry entry = core().log().get(slot);
      terms.add(entry == null ? -1 : entry.epoch());
    }
    return terms;
  }

  Entry entry(long slot) {
    Entry entry = core().log().get(slot);
    if (entry == null) {
      throw new IllegalStateException("no entry at " + slot);
    }
    return entry;
  }

  /** That the last event was ignored, and said so. */
  Fixture assertIgnored(String message) {
    assertThat(out.traces)
        .anySatisfy(trace -> {
          assertThat(trace).isInstanceOf(Trace.Ignored.class);
          assertThat(((Trace.Ignored) trace).message()).isEqualTo(message);
          assertThat(((Trace.Ignored) trace).why()).isNotEmpty();
        });
    return this;
  }

  // What others say.

  static List<Entry> entries(long... terms) {
    List<Entry> entries = new ArrayList<>();
    ChainHash parent = ChainHash.ROOT;
    for (int i = 0; i < terms.length; i++) {
      Entry entry =
          new TextProposal("slot " + (i + 1) + " of term " + terms[i])
              .seal(i + 1, terms[i], i + 1, WALL + i, parent);
      entries.add(entry);
      parent = entry.hash();
    }
    return entries;
  }

  /** An append of a leader whose log has entries of {@code terms}, after {@code prevSlot}. */
  static Append append(long term, long prevSlot, long commit, long... terms) {
    return append(term, prevSlot, terms.length, commit, terms);
  }

  /** The same, with entries up to {@code throughSlot} only. */
  static Append append(long term, long prevSlot, long throughSlot, long commit, long[] terms) {
    List<Entry> all = entries(terms);
    int prev = (int) prevSlot;
    return new Append(
        term,
        prevSlot,
        prev == 0 ? 0 : terms[prev - 1],
        prev == 0 ? ChainHash.ROOT : all.get(prev - 1).hash(),
        commit,
        1,
        Long.MAX_VALUE,
        all.subList(prev, (int) throughSlot));
  }

  static RequestVote vote(long term, long lastSlot, long lastTerm) {
    return new RequestVote(term, lastSlot, lastTerm, false);
  }

  static PreVote preVote(long term, long lastSlot, long lastTerm) {
    return new PreVote(term, lastSlot, lastTerm);
  }

  static AppendReject reject(
      long term, long prevSlot, long hintSlot, long hintTerm, long lastSlot) {
    return new AppendReject(term, prevSlot, hintSlot, hintTerm, lastSlot, 0);
  }

  /** What a replica says of slots of a log with entries of these terms. */
  static List<FaultySlot> faulty(long[] terms, long... slots) {
    List<Entry> all = entries(terms);
    List<FaultySlot> faulty = new ArrayList<>();
    for (long slot : slots) {
      Entry entry = all.get((int) slot - 1);
      faulty.add(new FaultySlot(slot, entry.epoch(), entry.hash()));
    }
    return faulty;
  }

  /** A snapshot of a log with entries of these terms. */
  static SnapshotRef snapshotOf(int sizeBytes, long... terms) {
    List<Entry> all = entries(terms);
    Entry last = all.get(all.size() - 1);
    return new SnapshotRef(
        "s" + last.slot(),
        last.slot(),
        last.epoch(),
        last.hash(),
        last.lastIndex(),
        last.timeFloorNanos(),
        Configuration.ofVoters(List.of(N1, N2, N3)).encode(),
        sizeBytes,
        new byte[32]);
  }

  /** Entries of these terms with a configuration of three at {@code slot}. */
  static List<Entry> withConfiguration(long slot, Configuration configuration, long... terms) {
    List<Entry> entries = new ArrayList<>();
    ChainHash parent = ChainHash.ROOT;
    for (int i = 0; i < terms.length; i++) {
      Entry entry =
          i + 1 == slot
              ? Entry.control(
                  EntryKind.CONFIGURATION,
                  slot,
                  terms[i],
                  i + 1,
                  WALL + i,
                  parent,
                  configuration.encode())
              : new TextProposal("x").seal(i + 1, terms[i], i + 1, WALL + i, parent);
      entries.add(entry);
      parent = entry.hash();
    }
    return entries;
  }
}
