// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Seat;
import io.quorate.s3.S3Config;
import io.quorate.sim.contract.RecordingEffects;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Three cores over one bucket, drawn by a seed: requests are executed never, once, or long after
 * their answer was given up; messages are lost, late and repeated; processes die and start again,
 * with or without their disk. What one replica commits, all others must.
 */
final class RandomWorld {
  private static final GroupId GROUP = GroupId.of("world");
  private static final long MILLI = 1_000_000;

  private record Happening(long at, long order, Runnable what) {}

  private final class Node {
    final NodeId id;
    S3Replica core;
    RecordingEffects out = RecordingEffects.logInStore();
    int life;
    boolean up;
    byte @Nullable [] hardState;
    @Nullable SnapshotRef snapshot;
    long applied;
    long snapshotAt;
    long tickAt = Long.MAX_VALUE;
    long committed;
    final TreeMap<Long, Entry> pending = new TreeMap<>();
    final TreeMap<Long, Long> reads = new TreeMap<>();
    boolean leads;
    long aloneUntil;

    Node(NodeId id) {
      this.id = id;
      this.core = newCore();
    }

    private S3Replica newCore() {
      return new S3Replica(new Seat(GROUP, id, members, random.split()), config);
    }
  }

  final long seed;
  final SplittableRandom random;
  final S3Config config;
  final List<NodeId> members = List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c"));
  final Bucket bucket = new Bucket();
  private final List<Node> nodes = new ArrayList<>();
  private final TreeMap<Long, List<Happening>> queue = new TreeMap<>();
  private final TreeMap<Long, ChainHash> log = new TreeMap<>();
  private final Set<ChainHash> never = new HashSet<>();
  private long now = 1_000_000_000_000L;
  private long orders;
  private long reads;
  private boolean faults = true;
  private long acked;
  long acknowledged;
  long refusedForGood;
  long epochs;
  long installs;
  long readsServed;

  RandomWorld(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    boolean lease = random.nextInt(4) == 0;
    boolean sent = random.nextInt(4) == 0;
    this.config =
        new S3Config(
            "",
            new S3Config.Timing(
                Duration.ofMillis(100),
                Duration.ofMillis(400 + random.nextInt(400)),
                Duration.ofMillis(100),
                Duration.ofMillis(random.nextInt(400)),
                Duration.ofMillis(1000 + random.nextInt(3000)),
                Duration.ofMillis(500)),
            new S3Config.Append(
                1 + random.nextInt(4),
                1 << 20,
                1 << 20,
                100,
                Duration.ofMillis(random.nextInt(3) * 5L),
                Duration.ofMillis(50),
                0,
                1),
            new S3Config.Reads(
                Duration.ofMillis(lease ? 300 : 0),
                0.01,
                sent ? S3Config.ReadBarrier.SENT : S3Config.ReadBarrier.COMMITTED),
            new S3Config.Requests(
                Duration.ofMillis(150),
                Duration.ofMillis(400),
                Duration.ofMillis(10),
                Duration.ofMillis(200),
                true,
                1 + random.nextInt(6),
                1 << 16,
                Duration.ofMillis(20),
                Duration.ofMillis(200)),
            new S3Config.Snapshots(
                1000, 32, random.nextInt(4), Duration.ofMillis(500 + random.nextInt(2000))));
    for (NodeId member : members) {
      nodes.add(new Node(member));
    }
  }

  private Now instant() {
    return new Now(now, now);
  }

  private void at(long when, Runnable what) {
    queue.computeIfAbsent(when, w -> new ArrayList<>()).add(new Happening(when, orders++, what));
  }

  private void in(long nanos, Runnable what) {
    at(now + Math.max(1, nanos), what);
  }

  private long millis(int least, int most) {
    return (least + random.nextInt(most - least + 1)) * MILLI + random.nextInt(1000);
  }

  void run() {
    for (Node node : nodes) {
      in(millis(0, 50), () -> start(node));
    }
    in(millis(1, 10), this::client);
    in(millis(200, 2000), this::disturb);
    runUntil(now + (5 + random.nextInt(20)) * 1000L * MILLI);
    faults = false;
    for (Node node : nodes) {
      if (!node.up) {
        start(node);
      }
    }
    runUntil(now + 15_000 * MILLI);
    long before = acknowledged;
    runUntil(now + 2_000 * MILLI);
    require(acknowledged > before, () -> "no progress");
    for (Node node : nodes) {
      require(log.lastKey() - node.committed < 100, () -> node.id + " lags behind");
    }
  }

  private void require(boolean holds, Supplier<String> what) {
    if (!holds) {
      throw new AssertionError("seed " + seed + ": " + what.get() + picture());
    }
  }

  private String picture() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      text.append('\n').append(node.core.status()).append(" applied ").append(node.applied);
    }
    return text.toString();
  }

  private void runUntil(long until) {
    while (!queue.isEmpty() && queue.firstKey() <= until) {
      var first = queue.pollFirstEntry();
      now = Math.max(now, first.getKey());
      for (Happening happening : first.getValue()) {
        happening.what.run();
      }
    }
    now = Math.max(now, until);
  }

  private void start(Node node) {
    if (node.up) {
      return;
    }
    node.up = true;
    node.life++;
    node.out = RecordingEffects.logInStore();
    node.core = node.newCore();
    node.pending.clear();
    node.reads.clear();
    node.leads = false;
    SnapshotRef snapshot = node.snapshot;
    node.committed = snapshot == null ? 0 : snapshot.slot();
    node.applied = node.committed;
    node.core.restore(Bench.disk(node.hardState, snapshot), instant(), node.out);
    after(node);
  }

  private void crash(Node node) {
    node.up = false;
    node.life++;
    if (random.nextInt(3) == 0) {
      node.hardState = null;
      node.snapshot = null;
    }
    in(millis(10, 3000), () -> start(node));
  }

  private void step(Node node, int life, Event event) {
    if (node.up && node.life == life) {
      node.core.step(event, instant(), node.out);
      after(node);
    }
  }

  /** Carries out what the core asked for, and checks what it claims. */
  private void after(Node node) {
    RecordingEffects out = node.out;
    int life = node.life;
    require(out.halts.isEmpty(), () -> node.id + " halts: " + out.halts);
    for (DurableWrite write : out.writes) {
      node.hardState = write.hardState();
    }
    out.writes.clear();
    for (Entry entry : out.proposed) {
      node.pending.put(entry.slot(), entry);
    }
    out.proposed.clear();
    out.rejected.clear();
    checkCommits(node);
    for (SnapshotRef install : out.installs) {
      node.committed = install.slot();
      node.snapshot = install;
      installs++;
      in(millis(0, 20), () -> applied(node, life, install.slot()));
    }
    out.installs.clear();
    for (RecordingEffects.NotCommitted refused : out.notCommitted) {
      for (Entry entry : node.pending.tailMap(refused.fromSlot()).values()) {
        refusedForGood++;
        never.add(entry.hash());
        require(
            !entry.hash().equals(log.get(entry.slot())),
            () -> entry + " is in the log but was refused for good");
      }
      node.pending.tailMap(refused.fromSlot()).clear();
    }
    out.notCommitted.clear();
    out.roles.forEach(role -> {
      epochs = Math.max(epochs, role.epoch());
      boolean leads = role.role() == io.quorate.api.Role.LEADER;
      if (!leads) {
        node.pending.clear(); // indeterminate
      }
      node.leads = leads;
    });
    out.roles.clear();
    out.answers.forEach((id, slot) -> {
      Long floor = node.reads.remove(id);
      if (floor != null) {
        readsServed++;
        require(slot >= floor, () -> node.id + " serves a stale read at slot " + slot);
      }
    });
    out.answers.clear();
    out.rejectedReads.clear();
    for (Outgoing message : out.sent) {
      deliver(node, message);
    }
    out.sent.clear();
    for (RecordingEffects.Asked asked : out.asked) {
      carryOut(node, asked);
    }
    out.asked.clear();
    for (RecordingEffects.ChunkRead read : out.chunkReads) {
      byte[] bytes =
          new byte[(int) Math.min(read.bytesMax(), read.snapshot().sizeBytes() - read.offset())];
      Arrays.fill(bytes, (byte) read.snapshot().slot());
      in(
          millis(0, 10),
          () ->
              step(
                  node,
                  life,
                  new Event.SnapshotChunk(read.to(), read.snapshot(), read.offset(), bytes)));
    }
    out.chunkReads.clear();
    for (RecordingEffects.ChunkWrite write : out.chunkWrites) {
      long next = write.offset() + write.bytes().length;
      in(
          millis(0, 10),
          () ->
              step(
                  node,
                  life,
                  new Event.SnapshotReceived(
                      write.snapshot(), next, next == write.snapshot().sizeBytes())));
    }
    out.chunkWrites.clear();
    out.traces.clear();
    out.admins.clear();
    schedule(node);
  }

  private void schedule(Node node) {
    long deadline = node.core.deadlineNanos();
    if (deadline < node.tickAt) {
      node.tickAt = deadline;
      int life = node.life;
      at(
          Math.max(now + 1, deadline),
          () -> {
            if (node.life == life) {
              node.tickAt = Long.MAX_VALUE;
              step(node, life, Event.Tick.INSTANCE);
            }
          });
    }
    if (node.tickAt <= now) {
      node.tickAt = Long.MAX_VALUE;
    }
  }

  private void checkCommits(Node node) {
    for (long through : node.out.commits) {
      while (node.committed < through) {
        node.committed++;
        Entry entry = node.core.log().get(node.committed);
        if (entry == null) {
          throw new AssertionError(node.id + " commits what it does not hold: " + node.committed);
        }
        ChainHash known = log.putIfAbsent(node.committed, entry.hash());
        require(
            known == null || known.equals(entry.hash()),
            () -> "two logs at slot " + node.committed);
        require(!never.contains(entry.hash()), () -> entry + " was refused for good");
        Entry own = node.pending.remove(node.committed);
        if (own != null) {
          require(own.hash().equals(entry.hash()), () -> "another entry at " + own);
          acknowledged++;
          acked = Math.max(acked, node.committed);
        }
      }
    }
    if (!node.out.commits.isEmpty()) {
      int life = node.life;
      long through = node.committed;
      in(millis(0, 20), () -> applied(node, life, through));
    }
    node.out.commits.clear();
  }

  private void applied(Node node, int life, long slot) {
    if (!node.up || node.life != life || slot <= node.applied) {
      return;
    }
    node.applied = slot;
    Entry last = node.core.log().get(slot);
    step(node, life, new Event.Applied(slot));
    if (last != null && slot - node.snapshotAt > 5 + random.nextInt(40)) {
      node.snapshotAt = slot;
      SnapshotRef taken = Snapshots.behind(last, 100);
      in(
          millis(0, 50),
          () -> {
            if (node.up && node.life == life) {
              SnapshotRef before = node.snapshot;
              if (before == null || before.slot() < taken.slot()) {
                node.snapshot = taken;
              }
              step(node, life, new Event.SnapshotSaved(taken));
            }
          });
    }
  }

  private void deliver(Node from, Outgoing message) {
    int fate = faults ? random.nextInt(100) : 50;
    if (fate < 10) {
      return;
    }
    Node to = nodes.get(members.indexOf(message.to()));
    if (from.aloneUntil > now || to.aloneUntil > now) {
      return;
    }
    for (int i = 0; i < (fate > 95 ? 2 : 1); i++) {
      long delay = fate < 20 ? millis(1, 800) : millis(1, 10);
      in(delay, () -> step(to, to.life, new Event.Received(from.id, message.message())));
    }
  }

  /** Never, once, or late; the answer as it is, lost, or unclear. */
  private void carryOut(Node node, RecordingEffects.Asked asked) {
    int life = node.life;
    int fate = faults ? random.nextInt(100) : 50;
    long timeout = asked.timeoutNanos();
    if (node.aloneUntil > now && random.nextInt(3) != 0) {
      fate = 10;
    }
    if (fate < 4) {
      in(timeout, () -> answer(node, life, asked, new ObjectResult.Unclear("lost")));
    } else if (fate < 8) {
      in(millis(1, 60), () -> bucket.execute(asked.request()));
      in(timeout, () -> answer(node, life, asked, new ObjectResult.Unclear("timeout")));
    } else if (fate < 12) {
      in(timeout + millis(0, 6000), () -> bucket.execute(asked.request()));
      in(timeout, () -> answer(node, life, asked, new ObjectResult.Unclear("late")));
    } else if (fate < 15) {
      boolean executed = random.nextBoolean();
      in(
          millis(1, 60),
          () -> {
            if (executed) {
              bucket.execute(asked.request());
            }
            answer(node, life, asked, new ObjectResult.Unclear("500"));
          });
    } else if (fate < 17) {
      ObjectResult result =
          random.nextBoolean() ? new ObjectResult.Throttled() : new ObjectResult.Conflict();
      in(millis(1, 30), () -> answer(node, life, asked, result));
    } else {
      long execute = fate > 95 ? millis(10, 140) : millis(5, 30);
      in(
          execute,
          () -> {
            ObjectResult result = bucket.execute(asked.request());
            in(millis(0, 5), () -> answer(node, life, asked, result));
          });
    }
  }

  private void answer(Node node, int life, RecordingEffects.Asked asked, ObjectResult result) {
    step(node, life, new Event.ObjectDone(asked.id(), result));
  }

  private void client() {
    Node node = nodes.get(random.nextInt(nodes.size()));
    if (node.up) {
      while (node.leads && !node.core.saturated(false, instant()) && random.nextInt(3) != 0) {
        step(node, node.life, new Event.Submitted(new Bench.Batch(8 + random.nextInt(60))));
      }
      if (random.nextInt(3) == 0) {
        reads++;
        node.reads.put(reads, acked);
        boolean lease = !config.reads().lease().isZero() && random.nextBoolean();
        ReadConsistency mode = lease ? ReadConsistency.LEASE : ReadConsistency.LINEARIZABLE;
        step(node, node.life, new Event.ReadRequested(reads, mode));
      }
      schedule(node);
    }
    in(millis(1, 30), this::client);
  }

  private void disturb() {
    if (!faults) {
      return;
    }
    Node node = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(6)) {
      case 4, 5 -> {
        for (Node leader : nodes) {
          if (leader.leads) {
            leader.aloneUntil = now + millis(500, 3000);
          }
        }
      }
      case 0, 1 -> {
        if (node.up) {
          crash(node);
        }
      }
      case 2 -> {
        for (Node leader : nodes) {
          if (leader.up && leader.leads) {
            step(
                leader,
                leader.life,
                new Event.Admin(
                    orders++,
                    new AdminCommand.TransferLeadership(random.nextBoolean() ? null : node.id)));
          }
        }
      }
      default -> {
        for (Node leader : nodes) {
          if (leader.up && leader.leads) {
            crash(leader);
          }
        }
      }
    }
    in(millis(100, 3000), this::disturb);
  }
}
