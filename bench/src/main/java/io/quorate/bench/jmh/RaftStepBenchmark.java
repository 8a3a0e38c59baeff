// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.protocol.RaftReplica;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What does a batch cost the loop thread of a Raft leader, and that of a follower?
 *
 * <p>Leader, per batch: one seal, one Append for both followers, one write, two AppendOk.
 * Allocated: the entry's bytes, and about 1.5 KB of digests, messages and events. Follower: no
 * hashing at all (entries were checked where they came off the wire); allocated: message, write and
 * acknowledgement, some 500 bytes. All figures are per batch.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RaftStepBenchmark {
  private static final long CHAIN_BYTES_MAX = 32L << 20;
  private static final int CHAIN_ENTRIES_MAX = 4096;
  private static final NodeId LEADER = Backends.MEMBERS.get(0);

  /** Commands in the batch. */
  @Param({"1", "64", "1024"})
  public int batch = 1;

  private final QuietEffects effects = new QuietEffects();
  private FixedProposal proposal = FixedProposal.of(1);
  private CoreGroup group = new CoreGroup(Backends.named("raft"));
  private List<NodeId> followers = List.of();
  private Now now = new Now(0, 0);
  private Entry[] chain = {};
  private int nextEntry;
  private ReplicaCore follower = newFollower();

  /** Elects the leader, and makes the log that the follower is sent. */
  @Setup
  public void elect() {
    proposal = FixedProposal.of(batch);
    group = new CoreGroup(Backends.named("raft"));
    followers = group.followers();
    now = group.now();
    long entries = CHAIN_BYTES_MAX / ((long) batch * Commands.RECORD_BYTES);
    chain = Commands.chain((int) Math.min(CHAIN_ENTRIES_MAX, entries), batch);
    nextEntry = chain.length;
  }

  /** Leader: a batch is proposed, becomes durable here and on both followers, and is committed. */
  @Benchmark
  public long leaderCommitsBatch() {
    ReplicaCore leader = group.leader();
    leader.step(new Event.Submitted(proposal), now, effects);
    long slot = effects.proposed;
    if (!(effects.lastMessage instanceof Append append)) {
      throw new IllegalStateException("the leader sent " + effects.lastMessage);
    }
    leader.step(new Event.Persisted(effects.token), now, effects);
    for (int i = 0; i < followers.size(); i++) {
      AppendOk ok = new AppendOk(append.term(), slot, append.round());
      leader.step(new Event.Received(followers.get(i), ok), now, effects);
    }
    Check.that(effects.committed == slot, "slot %s, committed %s", slot, effects.committed);
    leader.step(new Event.Applied(slot), now, effects);
    return slot;
  }

  /** Follower: a message brings a batch, which becomes durable; the one before is committed. */
  @Benchmark
  public long followerTakesBatch() {
    if (nextEntry == chain.length) {
      follower = newFollower();
      nextEntry = 0;
    }
    Entry entry = chain[nextEntry];
    nextEntry++;
    long prev = entry.slot() - 1;
    ChainHash prevHash = entry.parentHash();
    Append append =
        new Append(1, prev, prev == 0 ? 0 : 1, prevHash, prev, 1, Long.MAX_VALUE, List.of(entry));
    long messages = effects.messages;
    follower.step(new Event.Received(LEADER, append), now, effects);
    follower.step(new Event.Persisted(effects.token), now, effects);
    if (prev > 0) {
      follower.step(new Event.Applied(prev), now, effects);
    }
    Check.that(
        effects.messages == messages + 1, "the follower did not acknowledge %s", entry.slot());
    return effects.token;
  }

  private ReplicaCore newFollower() {
    ReplicaCore core = new RaftReplica(Backends.seat(Backends.MEMBERS.get(1)), Backends.raft());
    core.restore(DurableState.empty(), now, effects);
    return core;
  }
}
