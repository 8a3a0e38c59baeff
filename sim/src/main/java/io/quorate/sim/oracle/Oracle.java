// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.oracle;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogView;
import io.quorate.core.log.Slab;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.RoleChange;
import io.quorate.sim.disk.SimDisk;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows the one true log, built from what the replicas say is committed: the first commit of a slot
 * fixes its entry, and everybody else must agree. Sees all replicas and disks at once, which no
 * replica can, and fails the run at the first event after which an invariant does not hold.
 */
public final class Oracle {
  private final World world;
  private final Traits traits;
  private final SortedMap<NodeId, SimDisk> disks;
  private final List<Entry> committed = new ArrayList<>();
  private final List<Long> committedIn = new ArrayList<>();
  private final TreeMap<Long, NodeId> leaders = new TreeMap<>();
  private final Map<Long, Long> digests = new HashMap<>();
  private final HashSet<ChainHash> denied = new HashSet<>();
  private final HashSet<Long> sequences = new HashSet<>();
  private final Slab.Cursor cursor = new Slab.Cursor();
  private long committedIndex;

  /**
   * An oracle that has seen nothing.
   *
   * @param disks of all members; read at every commit
   */
  public Oracle(World world, Traits traits, SortedMap<NodeId, SimDisk> disks) {
    this.world = world;
    this.traits = traits;
    this.disks = disks;
  }

  /** What may be expected of the protocol. */
  public Traits traits() {
    return traits;
  }

  /** Last slot that any replica said is committed. */
  public long lastSlot() {
    return committed.size();
  }

  /** Last command that any replica said is committed. */
  public long lastIndex() {
    return committedIndex;
  }

  /** The committed entry at a slot; null if there is none yet. */
  public @Nullable Entry entry(long slot) {
    return slot < 1 || slot > committed.size() ? null : committed.get((int) slot - 1);
  }

  /** Who led in each epoch. */
  public SortedMap<Long, NodeId> leaders() {
    return leaders;
  }

  /**
   * A replica says that {@code slot} is committed, and its log or disk tells what it holds there.
   *
   * @param epoch in which the replica is; an entry may be committed in a later epoch than its own
   */
  void onCommit(NodeId node, long slot, long epoch, LogView log) {
    SimDisk disk = disk(node);
    Entry entry = log.get(slot);
    if (entry == null) {
      entry = disk.entry(slot);
    }
    Entry known = entry(slot);
    if (entry == null) {
      if (known == null || disk.base().slot() < slot) {
        world.fail(node + " commits slot " + slot + ", which it does not hold");
      }
      return;
    }
    if (known != null) {
      if (!known.hash().equals(entry.hash())) {
        world.fail(
            "two logs: at slot "
                + slot
                + " "
                + node
                + " commits "
                + entry
                + ", committed is "
                + known);
      }
      return;
    }
    if (slot != committed.size() + 1) {
      world.fail(
          node + " commits slot " + slot + ", but nobody committed slot " + (committed.size() + 1));
      return;
    }
    if (denied.contains(entry.hash())) {
      world.fail(node + " commits " + entry + ", whose callers were told that it never would be");
      return;
    }
    checkDurable(node, entry);
    long in = Math.max(epoch, entry.epoch());
    checkNewerLeaders(node, entry, in);
    committed.add(entry);
    committedIn.add(in);
    committedIndex = Math.max(committedIndex, entry.lastIndex());
    countCommands(entry);
    world.tell(TraceKind.COMMIT, node.value(), null, entry, entry.hash().low());
  }

  private void countCommands(Entry entry) {
    if (entry.kind() != EntryKind.COMMANDS) {
      return;
    }
    cursor.reset(entry);
    while (cursor.advance()) {
      switch (cursor.kind()) {
        case SESSION -> {
          if (!sequences.add(cursor.session() << 24 ^ cursor.sequence())) {
            world.coverage().hit("session.command logged again");
          }
        }
        case PLAIN -> {}
        case OPEN_SESSION -> world.coverage().hit("session.open logged");
        case CLOSE_SESSION -> world.coverage().hit("session.close logged");
        case KEEP_ALIVE -> world.coverage().hit("session.keep-alive logged");
        case EXPIRE_SESSIONS -> world.coverage().hit("session.expiry logged");
        case DIGEST -> world.coverage().hit("apply.digest logged");
        case CHECKPOINT -> world.coverage().hit("apply.checkpoint logged");
      }
    }
  }

  private void checkDurable(NodeId node, Entry entry) {
    if (!traits.quorumOfDisks()) {
      return;
    }
    long holders = disks.values().stream().filter(d -> d.holds(entry.slot(), entry.hash())).count();
    int quorum = traits.committedOnDisks();
    if (holders < (quorum == 0 ? disks.size() / 2 + 1 : quorum)) {
      world.fail(
          node + " commits " + entry + " that is durable on " + holders + " of " + disks.size());
    }
  }

  private void checkNewerLeaders(NodeId node, Entry entry, long in) {
    if (!traits.leaderComplete() || leaders.isEmpty() || leaders.lastKey() <= in) {
      return;
    }
    NodeId leader = leaders.lastEntry().getValue();
    if (!disk(leader).holds(entry.slot(), entry.hash())) {
      world.fail(
          node
              + " commits "
              + entry
              + ", which the leader of epoch "
              + leaders.lastKey()
              + ", "
              + leader
              + ", does not hold");
    }
  }

  /** A replica tells the callers of an entry of its own that it will never be committed. */
  void onDenied(NodeId node, Entry entry) {
    world.coverage().hit("proposal.denied for good");
    denied.add(entry.hash());
    Entry known = entry(entry.slot());
    if (known != null && known.hash().equals(entry.hash())) {
      world.fail(node + " says of the committed " + entry + " that it never will be");
    }
  }

  /** A replica's role changed. */
  void onRole(NodeId node, RoleChange change, LogView log) {
    world.tell(TraceKind.ROLE, node.value(), null, change, change.epoch());
    if (!node.equals(change.leader()) || change.role() != Role.LEADER) {
      return;
    }
    world.coverage().hit("leader.elected");
    NodeId other = leaders.putIfAbsent(change.epoch(), node);
    if (other != null && !other.equals(node)) {
      world.fail("two leaders in epoch " + change.epoch() + ": " + other + " and " + node);
      return;
    }
    Entry last = lastCommittedBefore(change.epoch());
    if (!traits.leaderComplete() || last == null) {
      return;
    }
    Entry held = log.get(last.slot());
    boolean complete =
        held != null ? held.hash().equals(last.hash()) : disk(node).holds(last.slot(), last.hash());
    if (!complete) {
      world.fail(node + " leads epoch " + change.epoch() + " without the committed " + last);
    }
  }

  /** The last entry that was committed in an earlier epoch than this one. */
  private @Nullable Entry lastCommittedBefore(long epoch) {
    int slot = committed.size();
    while (slot > 0 && committedIn.get(slot - 1) >= epoch) {
      slot--;
    }
    return entry(slot);
  }

  /** A write became durable; nothing committed may be thrown away. */
  public void onDurable(NodeId node, DurableWrite write, List<Entry> discarded) {
    world.tell(TraceKind.PERSIST, node.value(), null, describe(write), write.token());
    LogBase base = write.base();
    boolean conflict = false;
    for (Entry entry : discarded) {
      if (base != null && entry.slot() <= base.slot()) {
        continue; // a snapshot takes its place, in the same write
      }
      conflict = true;
      Entry known = entry(entry.slot());
      if (known != null && known.hash().equals(entry.hash())) {
        world.fail(node + " throws away the committed " + entry);
      }
    }
    if (!write.repair().isEmpty()) {
      world.coverage().hit("log.repaired");
    }
    if (conflict) {
      world.coverage().hit("log.conflict truncated");
    }
    if (base != null) {
      world.coverage().hit("log.base moved");
    }
  }

  /** A snapshot is complete, taken here or received: it must be a cut of the one log. */
  void onSnapshot(NodeId node, SnapshotRef snapshot) {
    ChainHash hash = snapshot.hash();
    Entry known = entry(snapshot.slot());
    if (known == null || !known.hash().equals(hash)) {
      world.fail(node + " has " + snapshot + " of a log that is not the committed one");
    }
  }

  /** A state machine applied command {@code index}, or was restored to it. */
  public void onState(NodeId node, long index, long digest) {
    if (index > committedIndex) {
      world.fail(
          node + " applies command " + index + ", but only " + committedIndex + " are committed");
    }
    Long known = digests.putIfAbsent(index, digest);
    if (known != null && known != digest) {
      world.fail("states differ after command " + index + ": " + node + " has another digest");
    }
  }

  private SimDisk disk(NodeId node) {
    SimDisk disk = disks.get(node);
    if (disk == null) {
      throw new IllegalStateException("no disk of " + node);
    }
    return disk;
  }

  private static Object describe(DurableWrite write) {
    return new Object() {
      @Override
      public String toString() {
        StringBuilder text = new StringBuilder();
        if (write.hardState() != null) {
          text.append("hard state ");
        }
        if (!write.repair().isEmpty()) {
          text.append("repair ").append(write.repair().getFirst().slot());
          text.append(" and ").append(write.repair().size() - 1).append(" more ");
        }
        if (write.truncateFrom() > 0) {
          text.append("truncate from ").append(write.truncateFrom()).append(' ');
        }
        if (write.base() != null) {
          text.append("base ").append(write.base().slot()).append(' ');
        }
        if (!write.append().isEmpty()) {
          text.append("append ").append(write.append().getFirst().slot());
          text.append("..").append(write.append().getLast().slot());
        }
        return text.toString();
      }
    };
  }
}
