// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.replication;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.LogView;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.core.reads.ReadRounds;
import io.quorate.core.transfer.SnapshotTransfer;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.raft.message.RaftMessage.SnapshotAck;
import io.quorate.raft.message.RaftMessage.SnapshotChunk;
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.log.RaftLog;
import io.quorate.raft.protocol.snapshot.Compaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leader's side of §5.3: sends each follower what it lacks, as fast as it takes it, without
 * waiting for the leader's own disk. Lives as long as one leadership.
 */
public final class Replicator {
  private final RaftConfig config;
  private final RaftLog log;
  private final Compaction snapshots;
  private final ReadRounds rounds;
  private final List<Progress> followers = new ArrayList<>();
  private long lastLoadId;
  private @Nullable Append lastBuilt;

  /**
   * Begins with followers of whom nothing is known.
   *
   * @param lastLoadId loads are numbered from here, so that those of earlier leaderships do not fit
   */
  public Replicator(
      RaftConfig config,
      RaftLog log,
      Compaction snapshots,
      ReadRounds rounds,
      NodeId self,
      long lastLoadId,
      Now now) {
    this.config = config;
    this.log = log;
    this.snapshots = snapshots;
    this.rounds = rounds;
    this.lastLoadId = lastLoadId;
    Configuration configuration = log.configurations().current();
    for (NodeId voter : configuration.voters()) {
      if (!voter.equals(self)) {
        followers.add(
            new Progress(voter, log.lastSlot() + 1, now.monotonicNanos(), config.pipeline()));
      }
    }
  }

  /** All followers. */
  public List<Progress> followers() {
    return followers;
  }

  /** What is known of one follower; null for a stranger. */
  public @Nullable Progress of(NodeId node) {
    for (int i = 0; i < followers.size(); i++) {
      if (followers.get(i).node().equals(node)) {
        return followers.get(i);
      }
    }
    return null;
  }

  /** Numbers a load. */
  public long nextLoadId() {
    return ++lastLoadId;
  }

  /** Number of the last load. */
  public long lastLoadId() {
    return lastLoadId;
  }

  /** Sends new entries to all followers that can take them. */
  public void replicate(Now now, Effects out) {
    for (int i = 0; i < followers.size(); i++) {
      replicateTo(followers.get(i), now, out);
    }
  }

  private void replicateTo(Progress follower, Now now, Effects out) {
    while (follower.maySend() && follower.next() <= log.lastSlot()) {
      long from = follower.next();
      if (from - 1 < log.base().slot()) {
        startSnapshot(follower, now, out);
        return;
      }
      if (from < log.view().firstSlot()) {
        if (!log.isFaulty(from)) { // else it waits for the repair
          startLoad(follower, out);
        }
        return;
      }
      Append message = build(from, now);
      long sizeBytes = 0;
      for (int i = 0; i < message.entries().size(); i++) {
        sizeBytes += message.entries().get(i).sizeBytes();
      }
      out.send(new Outgoing(follower.node(), message));
      follower.sent(message.throughSlot(), sizeBytes);
    }
  }

  /** Followers that are equally far get the very same message, so that it is encoded once. */
  private Append build(long from, Now now) {
    Append built = lastBuilt;
    if (built != null
        && built.prevSlot() == from - 1
        && built.commit() == log.commit()
        && built.round() == rounds.round()
        && built.throughSlot() == log.lastSlot()
        && built.quorumAgeNanos() == rounds.confirmedAgeNanos(now.monotonicNanos())) {
      return built;
    }
    LogView view = log.view();
    List<Entry> entries = new ArrayList<>(1);
    long sizeBytes = 0;
    for (long slot = from; slot <= view.lastSlot(); slot++) {
      Entry entry = view.get(slot);
      if (entry == null
          || (!entries.isEmpty()
              && sizeBytes + entry.sizeBytes() > config.pipeline().appendBytesMax())) {
        break;
      }
      entries.add(entry);
      sizeBytes += entry.sizeBytes();
    }
    Check.that(!entries.isEmpty(), "no entry at %s in the window of the log", from);
    Append message = message(entries, now);
    lastBuilt = message;
    return message;
  }

  private Append message(List<Entry> entries, Now now) {
    Entry first = entries.get(0);
    return append(first.slot() - 1, first.parentHash(), entries, now);
  }

  private Append append(long prevSlot, @Nullable ChainHash prevHash, List<Entry> entries, Now now) {
    return new Append(
        log.term(),
        prevSlot,
        log.has(prevSlot) ? log.termAt(prevSlot) : 0,
        prevHash,
        log.commit(),
        rounds.round(),
        rounds.confirmedAgeNanos(now.monotonicNanos()),
        entries);
  }

  /**
   * Sends a message without entries to all: a sign of life, the commit slot, the number of the
   * round, and a check that what was sent before has arrived.
   */
  public void heartbeat(Now now, Effects out) {
    for (int i = 0; i < followers.size(); i++) {
      Progress follower = followers.get(i);
      if (follower.mode() != Progress.Mode.SNAPSHOT && follower.next() - 1 < log.base().slot()) {
        startSnapshot(follower, now, out);
      }
      // Whoever waits for a snapshot can only be told that the leader lives: slot 0 always agrees.
      long prev = follower.mode() == Progress.Mode.SNAPSHOT ? 0 : follower.next() - 1;
      ChainHash hash = prev == 0 ? ChainHash.ROOT : log.hashAt(prev);
      out.send(new Outgoing(follower.node(), append(prev, hash, List.of(), now)));
    }
  }

  /** Sends chunks again that were lost, and looks again for a snapshot that was not there. */
  public void tick(Now now, Effects out) {
    long patienceNanos = config.timing().electionTimeoutMax().toNanos();
    for (Progress follower : followers) {
      SnapshotTransfer transfer = follower.transfer();
      if (transfer != null) {
        transfer.tick(patienceNanos, now, out);
      }
    }
  }

  /** A follower's log is durable and agrees up to {@code ok.match}. */
  public void onAppendOk(Progress follower, AppendOk ok, Now now, Effects out) {
    // A follower acknowledges in our term only what we sent in our term, and we never truncate.
    Check.that(
        ok.match() <= log.lastSlot(), "match %s beyond the end %s", ok.match(), log.lastSlot());
    follower.heard(ok.round(), now.monotonicNanos());
    SnapshotTransfer transfer = follower.transfer();
    if (transfer != null) {
      follower.acknowledge(ok.match());
      if (follower.match() >= log.base().slot()) {
        follower.probe(follower.match() + 1);
      } else if (follower.match() >= transfer.snapshot().slot()) {
        // It was silent for so long that the log was cut again behind a newer one.
        startSnapshot(follower, now, out);
      }
    }
    follower.acknowledge(ok.match());
    replicateTo(follower, now, out);
  }

  /** A follower's log does not agree at {@code reject.prevSlot} (§5.3). */
  public void onAppendReject(Progress follower, AppendReject reject, Now now, Effects out) {
    follower.heard(reject.round(), now.monotonicNanos());
    boolean stale =
        reject.prevSlot() <= follower.match()
            || switch (follower.mode()) {
              case PROBE -> reject.prevSlot() != follower.next() - 1;
              case REPLICATE -> reject.prevSlot() >= follower.next();
              case SNAPSHOT -> true;
            };
    if (stale) {
      out.trace(
          new Trace.Ignored(
              follower.node(), reject.name(), "speaks of slot " + reject.prevSlot() + ", is late"));
      return;
    }
    // The hint may be beyond what our own log says of that term; take the lower of both.
    long agreed =
        reject.hintSlot() < log.base().slot()
            ? reject.hintSlot()
            : log.lastSlotWithTermAtMost(reject.hintSlot(), reject.hintTerm());
    follower.probe(Math.min(reject.prevSlot(), agreed + 1));
    out.trace(
        new Trace.Noted(
            "raft §5.3 conflict",
            follower.node()
                + " disagrees at slot "
                + reject.prevSlot()
                + ", next try after slot "
                + (follower.next() - 1)));
    if (follower.next() <= log.lastSlot()) {
      replicateTo(follower, now, out);
    }
  }

  private void startLoad(Progress follower, Effects out) {
    long sound = log.firstFaultyFrom(follower.next()) - 1;
    long through = Math.min(log.view().firstSlot() - 1, Math.min(log.written(), sound));
    Check.that(
        through >= follower.next(), "slot %s is neither in memory nor durable", follower.next());
    long id = nextLoadId();
    follower.loading(id);
    out.load(id, follower.next(), through, config.pipeline().appendBytesMax());
  }

  /** Entries for a follower that lags were read back; false if the load was not for one. */
  public boolean onLoaded(long loadId, List<Entry> entries, Now now, Effects out) {
    for (Progress follower : followers) {
      if (loadId != 0 && follower.isLoading(loadId)) {
        follower.loading(0);
        if (!entries.isEmpty()
            && entries.get(0).slot() == follower.next()
            && follower.next() > log.base().slot()) {
          Append message = message(entries, now);
          out.send(new Outgoing(follower.node(), message));
          long sizeBytes = 0;
          for (Entry entry : entries) {
            sizeBytes += entry.sizeBytes();
          }
          follower.sent(message.throughSlot(), sizeBytes);
        }
        if (!entries.isEmpty() || follower.next() - 1 < log.base().slot()) {
          replicateTo(follower, now, out);
        }
        return true;
      }
    }
    return false;
  }

  private void startSnapshot(Progress follower, Now now, Effects out) {
    SnapshotRef snapshot = snapshots.newest();
    Check.that(
        snapshot != null && snapshot.slot() >= log.base().slot(),
        "the log begins after %s and no snapshot covers that",
        log.base().slot());
    if (snapshot == null) {
      return;
    }
    out.trace(
        new Trace.Noted(
            "raft §7 snapshot",
            follower.node() + " needs slot " + follower.next() + ", is sent " + snapshot));
    follower.sendSnapshot(
        new SnapshotTransfer(follower.node(), snapshot, config.snapshots().chunkBytes(), now, out));
  }

  /**
   * An entry of a follower is damaged, and whoever it asked has only a snapshot in its place. What
   * it acknowledged before counts again once the snapshot has arrived.
   */
  public void onSnapshotWanted(Progress follower, long slot, Now now, Effects out) {
    SnapshotRef snapshot = snapshots.newest();
    if (follower.mode() != Progress.Mode.SNAPSHOT
        && snapshot != null
        && snapshot.slot() >= slot
        && log.base().slot() > 0) {
      follower.forgetMatch();
      startSnapshot(follower, now, out);
    }
  }

  /** A chunk was read. */
  public void onChunkRead(
      NodeId to, SnapshotRef snapshot, long offset, byte[] bytes, Now now, Effects out) {
    Progress follower = of(to);
    SnapshotTransfer transfer = follower == null ? null : follower.transfer();
    if (follower == null || transfer == null || !transfer.snapshot().equals(snapshot)) {
      return; // the follower caught up, or another leadership asked for it
    }
    SnapshotTransfer.Read read = transfer.onRead(offset, bytes, now);
    if (read == SnapshotTransfer.Read.NEXT) {
      out.send(new Outgoing(to, new SnapshotChunk(log.term(), snapshot, offset, bytes)));
    } else if (read == SnapshotTransfer.Read.GONE) {
      SnapshotRef newest = snapshots.newest();
      out.trace(new Trace.Noted("raft §7 snapshot", snapshot + " is gone, newest is " + newest));
      if (newest != null && !newest.equals(snapshot)) {
        startSnapshot(follower, now, out);
      }
    }
  }

  /** A follower has written a chunk. */
  public void onSnapshotAck(Progress follower, SnapshotAck ack, Now now, Effects out) {
    follower.heard(0, now.monotonicNanos());
    SnapshotTransfer transfer = follower.transfer();
    if (transfer == null || !transfer.onAck(ack.snapshotId(), ack.nextOffset(), now, out)) {
      out.trace(new Trace.Ignored(follower.node(), ack.name(), "no such chunk is awaited"));
    }
  }

  /** The follower's disk lost entries: what was known of its log no longer holds. */
  public void forget(Progress follower) {
    follower.forgetMatch();
  }

  /** Last slot that every follower has which was heard within {@code nanos}. */
  public long liveFollowersHave(long nanos, Now now) {
    long have = log.commit();
    for (Progress follower : followers) {
      if (now.monotonicNanos() - follower.contactNanos() < nanos) {
        have = Math.min(have, follower.match());
      }
    }
    return have;
  }

  /** Last slot that may be cut while snapshots are on their way to live followers. */
  public long pinnedBySnapshots(long nanos, Now now) {
    long pinned = Long.MAX_VALUE;
    for (Progress follower : followers) {
      SnapshotTransfer transfer = follower.transfer();
      if (transfer != null && now.monotonicNanos() - follower.contactNanos() < nanos) {
        pinned = Math.min(pinned, transfer.snapshot().slot());
      }
    }
    return pinned;
  }
}
