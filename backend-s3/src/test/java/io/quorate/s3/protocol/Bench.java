// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.EpochRuns;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Seat;
import io.quorate.s3.S3Config;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.StoredObject;
import io.quorate.sim.contract.RecordingEffects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Cores over one bucket, by hand: a request stays where it is until the test executes it, answers
 * it, or loses one of the two; a message until the test delivers it.
 */
final class Bench {
  static final GroupId GROUP = GroupId.of("bench");
  static final NodeId A = NodeId.of("a");
  static final NodeId B = NodeId.of("b");
  static final NodeId C = NodeId.of("c");

  /** As fast as can be, so that tests need not mind the pace. */
  static final S3Config CONFIG =
      S3Config.defaults()
          .with(
              new S3Config.Append(4, 1 << 20, 1 << 20, 10_000, Duration.ZERO, Duration.ZERO, 0, 1));

  /** Commands that nobody decodes. */
  record Batch(int sizeBytes) implements Proposal {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public Entry seal(long slot, long epoch, long firstIndex, long timeNanos, ChainHash parent) {
      return Entry.seal(
          new byte[Entry.HEADER_BYTES + sizeBytes],
          EntryKind.COMMANDS,
          slot,
          epoch,
          firstIndex,
          1,
          timeNanos,
          parent);
    }
  }

  final Bucket bucket = new Bucket();
  final S3Config config;
  final List<NodeId> members;
  final ObjectKeys keys;
  final Map<NodeId, Member> running = new LinkedHashMap<>();
  private long seed = 1;
  private long nanos = 1_000_000_000_000L;

  Bench(S3Config config, NodeId... members) {
    this.config = config;
    this.members = List.of(members);
    this.keys = new ObjectKeys(config.prefix(), GROUP);
  }

  Bench(NodeId... members) {
    this(CONFIG, members);
  }

  Now now() {
    return new Now(nanos, 1_700_000_000_000_000_000L + nanos);
  }

  /** Lets time pass for nobody in particular. */
  void advance(Duration duration) {
    nanos += duration.toNanos();
  }

  /** Starts a process of a node with an empty disk. */
  Member start(NodeId node) {
    return start(node, DurableState.empty());
  }

  Member start(NodeId node, DurableState state) {
    Member member = new Member(node);
    running.put(node, member);
    member.core.restore(state, now(), member.out);
    return member;
  }

  static DurableState disk(byte @Nullable [] hardState, @Nullable SnapshotRef snapshot) {
    return new DurableState(
        hardState,
        LogBase.EMPTY,
        new EpochRuns(LogBase.EMPTY),
        List.of(),
        List.of(),
        snapshot,
        true);
  }

  Root root() {
    try {
      return Root.decode(keys.root(), GROUP, bucket.get(keys.root()));
    } catch (CorruptObject e) {
      throw new AssertionError(e);
    }
  }

  StoredObject object(long epoch, long slot) {
    String key = keys.slot(epoch, slot);
    try {
      return StoredObject.decode(key, root().group(), epoch, slot, bucket.get(key));
    } catch (CorruptObject e) {
      throw new AssertionError(e);
    }
  }

  /** Somebody seals a slot. */
  void seal(long epoch, long slot) {
    bucket.execute(
        new ObjectRequest.Create(
            keys.slot(epoch, slot),
            new StoredObject.Seal(
                    epoch, slot, new UUID(9, 9), root().version(), StoredObject.Reason.TAKEOVER, 0)
                .bytes(root().group())));
  }

  /** Everybody's requests are executed and answered, and messages delivered, while time passes. */
  void run(Duration duration) {
    long until = nanos + duration.toNanos();
    while (nanos < until) {
      settle();
      long next = until;
      for (Member member : List.copyOf(running.values())) {
        next = Math.min(next, member.core.deadlineNanos());
      }
      nanos = Math.max(nanos + 1, next);
      for (Member member : List.copyOf(running.values())) {
        if (member.core.deadlineNanos() <= nanos) {
          member.step(Event.Tick.INSTANCE);
        }
      }
    }
    settle();
  }

  /** Executes, answers and delivers all there is, without time passing. */
  void settle() {
    boolean more = true;
    while (more) {
      more = false;
      for (Member member : List.copyOf(running.values())) {
        more |= member.settleOnce();
      }
      more |= deliver();
    }
  }

  /** Delivers what was sent. */
  boolean deliver() {
    boolean any = false;
    for (Member member : List.copyOf(running.values())) {
      List<Outgoing> sent = List.copyOf(member.out.sent);
      member.out.sent.clear();
      for (Outgoing message : sent) {
        Member to = running.get(message.to());
        if (to != null && !member.cut && !to.cut) {
          to.step(new Event.Received(member.id, message.message()));
          any = true;
        }
      }
    }
    return any;
  }

  /** One process. */
  final class Member {
    final NodeId id;
    final S3Replica core;
    final RecordingEffects out = RecordingEffects.logInStore();

    /** Messages from and to it are lost. */
    boolean cut;

    /** Its requests wait for the test. */
    boolean held;

    /** Its state machine does not move. */
    boolean lazy;

    private long applied;
    private long readId;

    Member(NodeId id) {
      this.id = id;
      this.core = new S3Replica(new Seat(GROUP, id, members, new SplittableRandom(seed++)), config);
    }

    void step(Event event) {
      core.step(event, now(), out);
      if (!lazy && !out.commits.isEmpty() && out.commits.getLast() > applied) {
        applied = out.commits.getLast();
        core.step(new Event.Applied(applied), now(), out);
      }
    }

    /** The state machine catches up. */
    void apply() {
      lazy = false;
      step(Event.Tick.INSTANCE);
    }

    String phase() {
      return core.status().phase();
    }

    boolean leads() {
      return phase().equals("LEADING");
    }

    long committed() {
      return core.status().commitSlot();
    }

    /** Submits a batch; its slot, or −1 if it was rejected. */
    long submit() {
      int before = out.proposed.size();
      step(new Event.Submitted(new Batch(16)));
      return out.proposed.size() > before ? out.proposed.getLast().slot() : -1;
    }

    long read(ReadConsistency consistency) {
      readId++;
      step(new Event.ReadRequested(readId, consistency));
      return readId;
    }

    void admin(long requestId, @Nullable NodeId target) {
      step(new Event.Admin(requestId, new AdminCommand.TransferLeadership(target)));
    }

    /** Time passes for this one alone: ticks only. */
    void wait(Duration duration) {
      long until = nanos + duration.toNanos();
      while (core.deadlineNanos() <= until) {
        nanos = Math.max(nanos, core.deadlineNanos());
        step(Event.Tick.INSTANCE);
      }
      nanos = until;
    }

    /** Takes the oldest request of this kind whose key contains {@code part}. */
    RecordingEffects.Asked take(Class<? extends ObjectRequest> kind, String part) {
      for (RecordingEffects.Asked asked : out.asked) {
        if (kind.isInstance(asked.request()) && asked.request().key().contains(part)) {
          out.asked.remove(asked);
          return asked;
        }
      }
      throw new AssertionError("no " + kind.getSimpleName() + " of " + part + " in " + out.asked);
    }

    boolean asks(Class<? extends ObjectRequest> kind, String part) {
      return out.asked.stream()
          .anyMatch(a -> kind.isInstance(a.request()) && a.request().key().contains(part));
    }

    /** The request is executed and answered. */
    ObjectResult carryOut(RecordingEffects.Asked asked) {
      ObjectResult result = bucket.execute(asked.request());
      answer(asked, result);
      return result;
    }

    void answer(RecordingEffects.Asked asked, ObjectResult result) {
      step(new Event.ObjectDone(asked.id(), result));
    }

    /** The request is executed, its answer lost. */
    void loseAnswer(RecordingEffects.Asked asked) {
      bucket.execute(asked.request());
      answer(asked, new ObjectResult.Unclear("timeout"));
    }

    /** All its requests are carried out, until there are none. */
    void settle() {
      while (!out.asked.isEmpty()) {
        carryOut(out.asked.removeFirst());
      }
    }

    private boolean settleOnce() {
      if (held || out.asked.isEmpty()) {
        return false;
      }
      List<RecordingEffects.Asked> asked = new ArrayList<>(out.asked);
      out.asked.clear();
      for (RecordingEffects.Asked one : asked) {
        carryOut(one);
      }
      return true;
    }
  }

  /** The end of a slot's key. */
  static String slot(long epoch, long slot) {
    return String.format("%016x/%016x", epoch, slot);
  }
}
