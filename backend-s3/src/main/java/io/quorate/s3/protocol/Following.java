// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.S3Config;
import io.quorate.s3.layout.Root;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.protocol.claim.Claim;
import io.quorate.s3.protocol.claim.Founding;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.reads.ForwardedReads;
import io.quorate.s3.protocol.reads.FreshReads;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import io.quorate.s3.protocol.tail.Puller;
import io.quorate.s3.protocol.tail.SnapshotDownload;
import org.jspecify.annotations.Nullable;

/**
 * What a replica does while it owns no epoch: reads the log, serves what may be served without
 * leading, and takes over when the leader is gone (the states from COLD to CASING of A.5.9).
 *
 * <p>Invariant: a {@link Claim} exists only while SEALING or CASING, and everything that it rests
 * on was read after its root.
 */
final class Following implements Puller.Owner, SnapshotDownload.Owner, Claim.Owner, Founding.Owner {

  /** Whoever this is a part of the life of. */
  interface Owner {
    /** This replica owns the newest epoch. */
    void onWon(long leaseMillis, Now now, Effects out);

    /** A snapshot from the bucket replaces the state. */
    void onInstall(SnapshotRef snapshot);
  }

  private static final long FAREWELL_NANOS = 100_000_000;

  /** Leadership was handed over, the successor has not been heard yet. */
  private record Farewell(Handover handover, long epoch, long end, long untilNanos) {}

  private final Site site;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final Agenda agenda;
  private final S3Log log;
  private final Standing standing;
  private final Owner owner;
  private final Puller puller;
  private final SnapshotDownload download;
  private final ForwardedReads forwarded;
  private final FreshReads fresh;
  private final long creditBytes;
  private boolean active = true;
  private long round;
  private @Nullable Claim claim;
  private @Nullable Farewell farewell;
  private long heardNanos;
  private long heardItselfNanos = Long.MIN_VALUE / 2;
  private long grownNanos;
  private long suspectedSlot;
  private long slotAtBeat = -1;
  private long uncreditedBytes;
  private long pollNanos;
  private boolean pollDue;
  private boolean asking;

  Following(
      Site site,
      RootView view,
      RootReader reader,
      Requests requests,
      Agenda agenda,
      S3Log log,
      Standing standing,
      Owner owner) {
    this.site = site;
    this.view = view;
    this.reader = reader;
    this.requests = requests;
    this.agenda = agenda;
    this.log = log;
    this.standing = standing;
    this.owner = owner;
    S3Config config = site.config();
    this.puller = new Puller(site, view, reader, requests, log, this);
    this.download = new SnapshotDownload(site, view, reader, requests, agenda, log, this);
    long patience = config.timing().failureTimeout().toNanos();
    long repeat = config.timing().heartbeatInterval().toNanos();
    this.forwarded = new ForwardedReads(patience, repeat, site.random().nextLong() >>> 2);
    this.fresh = new FreshReads(patience);
    this.creditBytes = config.requests().getBytesInFlightMax();
    this.pollNanos = config.requests().tailPollMin().toNanos();
  }

  // ---- beginning

  /** The process has started. */
  void start(Now now, Effects out) {
    standing.become(Phase.COLD, 0, null, "reads the root", out);
    reader.ask((sentNanos, then, effects) -> onFirstRoot(then, effects), now, out);
  }

  private void onFirstRoot(Now now, Effects out) {
    if (view.root() != null) {
      settle("found the group", now, out);
      return;
    }
    standing.become(Phase.BOOTSTRAP, 0, null, "no root: founds the group", out);
    new Founding(site, view, reader, requests, agenda, this, now).send(now, out);
  }

  @Override
  public void onFounded(Now now, Effects out) {
    Root root = view.known();
    boolean mine = root.leader().incarnation().equals(site.incarnation());
    if (mine && root.version() == 1) {
      win(0, now, out);
    } else {
      settle("somebody else founded the group", now, out);
    }
  }

  /** Goes on from the root as it is known. */
  private void settle(String why, Now now, Effects out) {
    Root root = view.known();
    if (root.leader().node().equals(site.self())) {
      // Whatever that process still has under way was sent by somebody else than us (B2).
      claim("epoch " + root.epoch() + " was owned by this node before", now, out);
    } else {
      follow(why, now, out);
    }
  }

  private void follow(String why, Now now, Effects out) {
    round++;
    claim = null;
    Root root = view.known();
    NodeId node = root.leader().node();
    heardNanos = now.monotonicNanos();
    heardItselfNanos = Long.MIN_VALUE / 2;
    grownNanos = now.monotonicNanos();
    slotAtBeat = -1;
    standing.become(Phase.FOLLOWER, root.epoch(), node.equals(site.self()) ? null : node, why, out);
    puller.pullToEnd(now, out);
  }

  /** The epoch that this replica owned is over. */
  void resume(long epoch, @Nullable Handover handover, String why, Now now, Effects out) {
    active = true;
    Root root = view.known();
    if (handover != null) {
      long until = now.monotonicNanos() + site.config().timing().failureTimeout().toNanos();
      Farewell last = new Farewell(handover, epoch, log.committed().slot() + 1, until);
      farewell = last;
      follow("handed leadership over to " + handover.successor(), now, out);
      agenda.at(now.monotonicNanos() + FAREWELL_NANOS, (then, more) -> repeat(last, then, more));
    } else if (root.epoch() > epoch) {
      settle(why, now, out);
    } else {
      follow(why, now, out);
      // Whoever sealed may have died; nobody can write to this epoch any more.
      long asked = round;
      agenda.at(
          now.monotonicNanos() + site.jitterNanos(site.config().timing().rankStagger().toNanos()),
          (then, more) -> {
            if (active && round == asked && standing.phase() == Phase.FOLLOWER) {
              claim("epoch " + epoch + " is sealed and nobody has taken over", then, more);
            }
          });
    }
  }

  private void repeat(Farewell last, Now now, Effects out) {
    if (!last.equals(farewell)) {
      return;
    }
    if (now.monotonicNanos() >= last.untilNanos) {
      endFarewell(
          Refusal.of(
              RefusalCode.NOT_READY,
              "the epoch is sealed, but " + last.handover.successor() + " has not taken over yet"),
          out);
      return;
    }
    out.send(
        new Outgoing(
            last.handover.successor(),
            new S3Message.HandOver(last.epoch, last.end, last.handover.successor())));
    agenda.at(now.monotonicNanos() + FAREWELL_NANOS, (then, more) -> repeat(last, then, more));
  }

  private void endFarewell(@Nullable Refusal why, Effects out) {
    Farewell last = farewell;
    if (last != null) {
      farewell = null;
      out.adminDone(last.handover.requestId(), why);
    }
  }

  // ---- taking over

  private void suspect(Now now, Effects out) {
    round++;
    long asked = round;
    suspectedSlot = log.committed().slot();
    puller.stop();
    standing.enter(Phase.SUSPECT, "the leader was not heard for the failure timeout");
    S3Message.Ping ping = new S3Message.Ping(view.known().epoch());
    for (NodeId member : site.members()) {
      if (!member.equals(site.self())) {
        out.send(new Outgoing(member, ping));
      }
    }
    reader.ask(
        (sentNanos, then, effects) -> {
          if (active && round == asked && standing.phase() == Phase.SUSPECT) {
            puller.pullToEnd(then, effects);
          }
        },
        now,
        out);
  }

  /** Somebody or something shows that the leader lives. */
  private void trust(String why, Now now) {
    heardNanos = now.monotonicNanos();
    if (standing.phase() == Phase.SUSPECT) {
      round++;
      standing.enter(Phase.FOLLOWER, why);
    }
  }

  /** The leader itself was heard. What others say of it must not be told on as one's own. */
  private void hear(String why, Now now) {
    heardItselfNanos = now.monotonicNanos();
    trust(why, now);
  }

  private void claim(String why, Now now, Effects out) {
    round++;
    long asked = round;
    long epoch = view.known().epoch();
    claim = null;
    puller.stop();
    standing.become(Phase.SEALING, epoch, null, why, out);
    reader.ask(
        (sentNanos, then, effects) -> {
          if (!active || round != asked) {
            return;
          }
          if (view.known().epoch() != epoch) {
            settle("epoch " + view.known().epoch() + " has begun", then, effects);
            return;
          }
          claim = new Claim(site, view, reader, requests, agenda, log, this);
          puller.pullToEnd(then, effects);
        },
        now,
        out);
  }

  @Override
  public void onCasing(Now now, Effects out) {
    standing.enter(Phase.CASING, standing.reason());
  }

  @Override
  public void onWon(long leaseMillis, Now now, Effects out) {
    win(leaseMillis, now, out);
  }

  private void win(long leaseMillis, Now now, Effects out) {
    round++;
    claim = null;
    active = false;
    puller.stop();
    forwarded.refuseAll(Refusal.notLeader(null), out);
    fresh.refuseAll(Refusal.notLeader(null), out);
    endFarewell(
        Refusal.of(RefusalCode.NOT_READY, "the successor did not take over, this replica did"),
        out);
    owner.onWon(leaseMillis, now, out);
  }

  @Override
  public void onLost(String why, Now now, Effects out) {
    claim = null;
    puller.stop();
    settle(why, now, out);
  }

  /** A newer root is known. */
  void onNewRoot(Now now, Effects out) {
    Root root = view.known();
    Farewell last = farewell;
    if (last != null && root.epoch() > last.epoch) {
      endFarewell(null, out);
    }
    Claim running = claim;
    if (running != null) {
      running.onNewRoot(now, out);
      return;
    }
    if (standing.phase() != Phase.FOLLOWER && standing.phase() != Phase.SUSPECT) {
      return; // whoever asked for the root goes on from it
    }
    if (root.epoch() > standing.epoch()) {
      settle("epoch " + root.epoch() + " belongs to " + root.leader().node(), now, out);
    } else {
      trust("the leader replaced the root", now);
    }
  }

  // ---- reading the log

  @Override
  public void onPulled(Now now, Effects out) {
    grownNanos = now.monotonicNanos();
    pollNanos = site.config().requests().tailPollMin().toNanos();
  }

  @Override
  public void onEnd(boolean sealed, long sentNanos, Now now, Effects out) {
    fresh.onEnd(sentNanos, log.committed().slot(), now, out);
    Claim running = claim;
    if (running != null) {
      running.onEnd(sealed, now, out);
    } else if (standing.phase() == Phase.SUSPECT) {
      if (log.committed().slot() > suspectedSlot) {
        round++;
        standing.enter(Phase.FOLLOWER, "the log grows, though the leader is not heard");
      } else {
        claim(standing.reason(), now, out);
      }
    } else {
      pollLater(now);
    }
  }

  /** While the leader is not heard, the bucket is all there is to learn from. */
  private void pollLater(Now now) {
    if (pollDue || !isSilent(now)) {
      return;
    }
    pollDue = true;
    agenda.at(
        now.monotonicNanos() + pollNanos / 2 + site.jitterNanos(pollNanos / 2),
        (then, out) -> {
          pollDue = false;
          if (active && standing.phase() == Phase.FOLLOWER && isSilent(then)) {
            puller.pullToEnd(then, out);
          }
        });
    pollNanos = Math.min(2 * pollNanos, site.config().requests().tailPollMax().toNanos());
  }

  private boolean isSilent(Now now) {
    long interval = site.config().timing().heartbeatInterval().toNanos();
    return now.monotonicNanos() - heardNanos > 2 * interval;
  }

  @Override
  public void onBehind(Now now, Effects out) {
    download.begin(now, out);
  }

  @Override
  public void onDownloaded(SnapshotRef snapshot, Now now, Effects out) {
    if (!active) {
      return;
    }
    if (snapshot.slot() > log.committed().slot()) {
      log.reset(snapshot);
      out.install(snapshot);
      owner.onInstall(snapshot);
    }
    puller.pullToEnd(now, out);
  }

  @Override
  public void onOvertaken(Now now, Effects out) {
    if (active) {
      puller.pullToEnd(now, out);
    }
  }

  /** A snapshot was taken here. */
  void onOwnSnapshot() {
    download.onOwnSnapshot();
  }

  /** A part of a snapshot is in the local store. */
  void onReceived(Event.SnapshotReceived received, Now now, Effects out) {
    download.onReceived(received, now, out);
  }

  /** The state machine has moved on: there may be room to read more. */
  void onApplied(Now now, Effects out) {
    if (active) {
      puller.onLogMoved(now, out);
    }
  }

  // ---- messages

  void onMessage(NodeId from, S3Message message, Now now, Effects out) {
    if (standing.phase() == Phase.COLD || standing.phase() == Phase.BOOTSTRAP) {
      return; // the root comes first
    }
    long epoch = view.known().epoch();
    if (message.epoch() > epoch) {
      askRoot(now, out);
    }
    switch (message) {
      case S3Message.Push push -> onPush(from, push, now, out);
      case S3Message.Heartbeat beat -> onHeartbeat(from, beat, now, out);
      case S3Message.HandOver order -> onHandOver(from, order, now, out);
      case S3Message.Ping ping -> {
        long patience = site.config().timing().failureTimeout().toNanos();
        boolean heard =
            ping.epoch() == epoch
                && standing.phase() == Phase.FOLLOWER
                && now.monotonicNanos() - heardItselfNanos < patience;
        out.send(new Outgoing(from, new S3Message.Pong(epoch, heard)));
      }
      case S3Message.Pong pong -> {
        if (pong.heard() && pong.epoch() == epoch) {
          trust(from + " hears the leader", now);
        }
      }
      case S3Message.ReadIndexReply reply -> forwarded.onReply(from, reply, now, out);
      case S3Message.PushCredit ignored -> ignore(from, message, out);
      case S3Message.ReadIndex ignored -> ignore(from, message, out);
    }
  }

  private static void ignore(NodeId from, S3Message message, Effects out) {
    out.trace(new Trace.Ignored(from, message.name(), "this replica owns no epoch"));
  }

  private void askRoot(Now now, Effects out) {
    if (!asking) {
      asking = true;
      reader.ask((sentNanos, then, effects) -> asking = false, now, out);
    }
  }

  private boolean isLeader(NodeId from, long epoch) {
    Root root = view.known();
    return epoch == root.epoch() && from.equals(root.leader().node());
  }

  /** What a leader pushes is committed, whenever it arrives, if it links to what is here. */
  private void onPush(NodeId from, S3Message.Push push, Now now, Effects out) {
    Entry entry = push.entry();
    if (isLeader(from, push.epoch())) {
      hear("the leader was heard", now);
    }
    if (!log.committed().linksTo(entry)) {
      out.trace(
          new Trace.Ignored(
              from,
              push.name(),
              "slot " + entry.slot() + " does not follow slot " + log.committed().slot()));
      return;
    }
    log.appendCommitted(entry, out);
    grownNanos = now.monotonicNanos();
    uncreditedBytes += entry.sizeBytes();
    if (uncreditedBytes > creditBytes / 4) {
      sendCredit(from, out);
    }
    puller.onLogMoved(now, out);
  }

  private void sendCredit(NodeId to, Effects out) {
    uncreditedBytes = 0;
    long bytes = Math.max(0, creditBytes - log.unappliedBytes());
    out.send(
        new Outgoing(
            to, new S3Message.PushCredit(view.known().epoch(), log.committed().slot(), bytes)));
  }

  private void onHeartbeat(NodeId from, S3Message.Heartbeat beat, Now now, Effects out) {
    sendCredit(from, out); // tells a leader of an earlier epoch that there is a later one
    if (!isLeader(from, beat.epoch())) {
      return;
    }
    hear("the leader was heard", now);
    long behind = beat.committed() - log.committed().slot();
    boolean fed = slotAtBeat >= 0 && slotAtBeat < log.committed().slot();
    slotAtBeat = log.committed().slot();
    boolean pulls = behind > 0 && (!fed || behind > site.config().requests().getsInFlightMax());
    if (pulls && standing.phase() == Phase.FOLLOWER && !download.active()) {
      puller.pullTo(beat.committed(), now, out);
    }
  }

  private void onHandOver(NodeId from, S3Message.HandOver order, Now now, Effects out) {
    if (!isLeader(from, order.epoch())) {
      return;
    }
    hear("the leader hands over", now);
    if (order.successor().equals(site.self()) && standing.phase() == Phase.FOLLOWER) {
      claim(from + " hands leadership over", now, out);
    }
  }

  // ---- what callers want

  void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    NodeId leader = standing.leader();
    if (consistency instanceof ReadConsistency.Bounded bounded) {
      if (view.root() == null) {
        out.rejectRead(readId, Refusal.of(RefusalCode.NOT_READY, "the root has not been read yet"));
        return;
      }
      long age = bounded.maxStaleness().toNanos();
      boolean waits = fresh.add(readId, age, log.committed().slot(), now, out);
      if (waits && standing.phase() == Phase.FOLLOWER && !download.active()) {
        puller.pullToEnd(now, out);
      }
    } else if (leader == null || barrier() == S3Config.ReadBarrier.COMMITTED) {
      // What was pulled may be ahead of what the leader knows to be stored: shown here, it would be
      // missing in a later read there (A.10-19).
      out.rejectRead(readId, Refusal.notLeader(leader));
    } else {
      forwarded.add(readId, leader, standing.epoch(), now, out);
    }
  }

  private S3Config.ReadBarrier barrier() {
    return site.config().reads().barrier();
  }

  /** Does what is due now and then. */
  void pulse(Now now, Effects out) {
    forwarded.tick(standing.leader(), standing.epoch(), now, out);
    fresh.tick(now, out);
    if (view.root() == null) {
      return;
    }
    S3Config.Timing timing = site.config().timing();
    long nowNanos = now.monotonicNanos();
    if (nowNanos - reader.answeredNanos() >= timing.rootPollInterval().toNanos()) {
      askRoot(now, out);
    }
    if (standing.phase() != Phase.FOLLOWER) {
      return;
    }
    boolean idle = !puller.running() && !download.active() && !pollDue;
    if (idle && (isSilent(now) || fresh.any())) {
      puller.pullToEnd(now, out);
    }
    Root root = view.known();
    long patience =
        timing.failureTimeout().toNanos()
            + site.rank(root.leader().node()) * timing.rankStagger().toNanos();
    if (log.committed().slot() < root.open().start()) {
      // Whoever took over writes nothing before the lease of the leader before it has ended.
      patience += site.config().leaseWaitNanos(root.leaseMillis());
    }
    boolean quiet = nowNanos - grownNanos >= timing.tailQuiet().toNanos();
    if (quiet && nowNanos - heardNanos >= patience) {
      suspect(now, out);
    }
  }
}
