// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Proposal;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.Sealed;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.protocol.append.OwnSeal;
import io.quorate.s3.protocol.append.Pipeline;
import io.quorate.s3.protocol.compaction.Publisher;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.reads.LeaderReads;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import io.quorate.s3.protocol.tail.Pushes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica does while it owns one epoch: waits for the lease before it, orders proposals,
 * serves reads, feeds followers, publishes snapshots, hands over; and when it is sealed or deposed,
 * finds out the exact outcome of everything it had under way (A.5.5). A new one is made for each
 * epoch.
 *
 * <p>Invariants: nothing is written before the lease wait is over; nothing is admitted and no read
 * is served unless LEADING; what is acknowledged is below the end of the epoch, however late.
 */
final class Leadership implements Pipeline.Owner, OwnSeal.Owner {

  /** Whoever this leadership is a part of the life of. */
  interface Owner {
    /**
     * It is over, and everything that could be told was told.
     *
     * @param handover completed; null if it was not the leader's will
     */
    void onLeadershipOver(@Nullable Handover handover, String why, Now now, Effects out);
  }

  private static final long UNKNOWN = 0;

  private final Site site;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final Agenda agenda;
  private final S3Log log;
  private final Standing standing;
  private final Owner owner;
  private final long epoch;
  private final Pipeline pipeline;
  private final Pushes pushes;
  private final LeaderReads reads;
  private final Publisher publisher;
  private final long stepDownNanos;
  private long roomAtNanos = Long.MAX_VALUE;
  private long resolvingSinceNanos;
  private long resolvedEnd = UNKNOWN;
  private boolean confirming;
  private boolean polling;
  private boolean over;
  private @Nullable Handover handover;
  private @Nullable SnapshotRef snapshot;

  Leadership(
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
    Root root = view.known();
    this.epoch = root.epoch();
    Check.that(
        root.leader().incarnation().equals(site.incarnation())
            && log.head().slot() + 1 == root.open().start(),
        "epoch %s of %s is led from elsewhere",
        epoch,
        root.leader());
    this.pipeline = new Pipeline(site, root.group(), epoch, requests, agenda, this);
    this.pushes = new Pushes(site, epoch, view, log);
    this.reads = new LeaderReads(site, epoch, log, reader, root.leaseMillis() * 1_000_000L);
    this.publisher = new Publisher(site, epoch, view, reader, requests, agenda);
    this.stepDownNanos = site.config().timing().stepDownAfter().toNanos();
  }

  /**
   * The epoch was won just now.
   *
   * @param leaseMillis what the leader before may still rely on
   */
  void begin(long leaseMillis, @Nullable SnapshotRef newest, Now now, Effects out) {
    snapshot = newest;
    pushes.heartbeat(out);
    long wait = site.config().leaseWaitNanos(leaseMillis);
    if (wait == 0) {
      lead(now, out);
      return;
    }
    standing.become(Phase.WAIT_LEASE, epoch, null, "waits until the lease before is over", out);
    agenda.at(
        now.monotonicNanos() + wait,
        (then, effects) -> {
          if (!over && standing.phase() == Phase.WAIT_LEASE) {
            lead(then, effects);
          }
        });
  }

  private void lead(Now now, Effects out) {
    Entry takeover =
        Entry.control(
            EntryKind.TAKEOVER,
            log.head().slot() + 1,
            epoch,
            log.head().nextIndex(),
            consensusTime(now),
            log.head().hash(),
            new byte[0]);
    log.append(takeover);
    pipeline.add(takeover, now, out);
    standing.become(Phase.LEADING, epoch, site.self(), "owns epoch " + epoch, out);
    SnapshotRef newest = snapshot;
    if (newest != null) {
      publisher.offer(newest, out);
    }
  }

  private long consensusTime(Now now) {
    return Math.max(
        Math.max(log.head().timeFloorNanos(), view.known().timeFloorNanos()), now.wallNanos());
  }

  private boolean leading() {
    return standing.phase() == Phase.LEADING;
  }

  /** Its slots on their way. */
  Pipeline pipeline() {
    return pipeline;
  }

  /** Whether proposals had better wait. */
  boolean saturated(boolean full, Now now) {
    roomAtNanos = Long.MAX_VALUE;
    if (!leading()) {
      return false; // so that they are refused at once
    }
    long at = pipeline.nextDepartureNanos(full, now);
    if (at <= now.monotonicNanos()) {
      return false;
    }
    roomAtNanos = at;
    return true;
  }

  /** When there may be room for a batch that waits. */
  long roomAtNanos() {
    return roomAtNanos;
  }

  /** The instant has come; whoever still wants room asks again. */
  void onTick(Now now) {
    if (roomAtNanos <= now.monotonicNanos()) {
      roomAtNanos = Long.MAX_VALUE;
    }
  }

  void onSubmitted(Proposal proposal, Now now, Effects out) {
    Handover running = handover;
    if (!leading() || pipeline.sealedAt() != Long.MAX_VALUE) {
      out.reject(proposal, Refusal.notLeader(running == null ? null : running.successor()));
      return;
    }
    Entry entry =
        proposal.seal(
            log.head().slot() + 1,
            epoch,
            log.head().nextIndex(),
            consensusTime(now),
            log.head().hash());
    log.append(entry);
    out.proposed(proposal, entry);
    pipeline.add(entry, now, out);
  }

  @Override
  public void onStored(long slot, long firstSentNanos, Now now, Effects out) {
    log.commitTo(slot, out);
    reads.proved(firstSentNanos);
    pushes.onCommitted(out);
    advanceHandover(now, out);
    if (standing.phase() == Phase.RESOLVING) {
      resolve(now, out);
    }
  }

  void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    if (leading()) {
      reads.onRead(readId, consistency, now, out);
    } else {
      out.rejectRead(readId, Refusal.notLeader(null));
    }
  }

  /** Everything that others say; leaders listen to little. */
  void onMessage(NodeId from, S3Message message, Now now, Effects out) {
    if (message.epoch() > epoch) {
      pollRoot(now, out);
    }
    switch (message) {
      case S3Message.PushCredit credit -> pushes.onCredit(from, credit, now, out);
      case S3Message.ReadIndex question -> {
        if (leading() && question.epoch() <= epoch) {
          reads.onReadIndex(from, question, now, out);
        }
      }
      case S3Message.Ping ping -> {
        boolean alive = standing.phase() != Phase.STALLED && standing.phase() != Phase.RESOLVING;
        if (ping.epoch() <= epoch && alive) {
          pushes.heartbeat(out);
        }
      }
      case S3Message.Push ignored -> ignore(from, message, out);
      case S3Message.Heartbeat ignored -> ignore(from, message, out);
      case S3Message.ReadIndexReply ignored -> ignore(from, message, out);
      case S3Message.HandOver ignored -> ignore(from, message, out);
      case S3Message.Pong ignored -> ignore(from, message, out);
    }
  }

  private void ignore(NodeId from, S3Message message, Effects out) {
    out.trace(
        new Trace.Ignored(
            from, message.name(), "of epoch " + message.epoch() + ", this one owns " + epoch));
  }

  void onSnapshot(SnapshotRef taken, Effects out) {
    snapshot = taken;
    if (leading()) {
      publisher.offer(taken, out);
    }
  }

  void onChunk(Event.SnapshotChunk chunk, Now now, Effects out) {
    publisher.onChunk(chunk, now, out);
  }

  /** Does what is due now and then. */
  void pulse(Now now, Effects out) {
    switch (standing.phase()) {
      case WAIT_LEASE -> pushes.heartbeat(out);
      case LEADING, DRAINING -> {
        endLateHandover(now, out);
        if (stuckSince() <= now.monotonicNanos() - stepDownNanos) {
          stall(now, out);
          return;
        }
        pushes.heartbeat(out);
        publisher.tick(now, out);
      }
      case STALLED -> {
        if (!recover(out)) {
          pollRoot(now, out);
        }
      }
      case RESOLVING -> {
        boolean late = now.monotonicNanos() - resolvingSinceNanos >= stepDownNanos;
        if (late && standing.role() == Role.LEADER) {
          standing.tell(Role.FOLLOWER, epoch, null, standing.reason() + why(), out);
        }
      }
      default -> {}
    }
    long silent = now.monotonicNanos() - Math.max(reader.answeredNanos(), reads.provedNanos());
    if (silent >= site.config().timing().rootPollInterval().toNanos()) {
      pollRoot(now, out);
    }
  }

  private void pollRoot(Now now, Effects out) {
    if (!polling) {
      polling = true;
      reader.ask(
          (sentNanos, then, effects) -> {
            polling = false;
            if (!over && view.known().epoch() == epoch) {
              reads.proved(sentNanos);
            }
            if (!over && standing.phase() == Phase.STALLED) {
              recover(effects);
            }
          },
          now,
          out);
    }
  }

  private long stuckSince() {
    return Math.min(pipeline.oldestNanos(), reader.failingSinceNanos());
  }

  private String why() {
    String trouble = requests.trouble();
    return trouble == null ? "" : ": " + trouble;
  }

  /** The bucket has not answered for long: others may fare better. */
  private void stall(Now now, Effects out) {
    Handover running = handover;
    if (running != null && running.seal() != null) {
      return; // no way back
    }
    endHandover(Refusal.of(RefusalCode.NOT_READY, "the store does not answer" + why()), out);
    String reason = "the store has not answered for " + stepDownNanos / 1_000_000 + " ms" + why();
    reads.refuseAll(Refusal.of(RefusalCode.NOT_READY, reason), out);
    standing.become(Phase.STALLED, epoch, null, reason, out);
    pollRoot(now, out);
  }

  private boolean recover(Effects out) {
    if (!pipeline.isEmpty() || reader.failingSinceNanos() != Long.MAX_VALUE) {
      return false;
    }
    standing.become(Phase.LEADING, epoch, site.self(), "the store answers again", out);
    return true;
  }

  // ---- hand-over

  void onTransfer(long requestId, @Nullable NodeId wanted, Now now, Effects out) {
    if (site.self().equals(wanted)) {
      out.adminDone(requestId, null);
      return;
    }
    if (!leading()) {
      out.adminDone(
          requestId, Refusal.of(RefusalCode.NOT_READY, "this replica does not lead at the moment"));
      return;
    }
    long patience = site.config().timing().failureTimeout().toNanos();
    NodeId target = wanted == null ? pushes.mostSuitable(patience, now) : wanted;
    if (target == null || !site.members().contains(target)) {
      out.adminDone(
          requestId,
          Refusal.of(
              RefusalCode.UNSUPPORTED,
              wanted == null
                  ? "no other member is alive to take over"
                  : wanted + " is not another member of the group"));
      return;
    }
    handover = new Handover(target, requestId, now.monotonicNanos() + stepDownNanos, null);
    reads.refuseAll(Refusal.notLeader(target), out);
    standing.enter(Phase.DRAINING, "hands leadership over to " + target);
    out.trace(new Trace.Noted("s3 A.5.4 hand-over", "hands leadership over to " + target));
    advanceHandover(now, out);
  }

  private void advanceHandover(Now now, Effects out) {
    Handover running = handover;
    if (running == null
        || running.seal() != null
        || standing.phase() != Phase.DRAINING
        || !pipeline.isEmpty()) {
      return;
    }
    OwnSeal seal =
        new OwnSeal(site, view.known(), log.head().slot() + 1, requests, agenda, this, now);
    handover = running.sealing(seal);
    reads.end(Refusal.notLeader(running.successor()), out);
    publisher.stop();
    seal.send(now, out);
  }

  private void endLateHandover(Now now, Effects out) {
    Handover running = handover;
    if (running != null && running.seal() == null && now.monotonicNanos() >= running.untilNanos()) {
      endHandover(
          Refusal.of(RefusalCode.OVERLOADED, "the commands under way did not end in time"), out);
      standing.enter(Phase.LEADING, "goes on leading, the hand-over was given up");
    }
  }

  private void endHandover(Refusal why, Effects out) {
    Handover running = handover;
    if (running != null) {
      handover = null;
      out.adminDone(running.requestId(), why);
    }
  }

  @Override
  public void onOwnSeal(Now now, Effects out) {
    if (standing.phase() == Phase.DRAINING) {
      resolvedEnd = log.head().slot() + 1;
      leaveWhenApplied(now, out);
    }
  }

  // ---- the end of an epoch (A.5.5)

  @Override
  public void onSeal(Now now, Effects out) {
    beginResolving("epoch " + epoch + " is sealed at slot " + pipeline.sealedAt(), now, out);
  }

  /** A newer root is known. */
  void onNewRoot(Now now, Effects out) {
    if (view.known().epoch() > epoch) {
      Root root = view.known();
      beginResolving("epoch " + root.epoch() + " belongs to " + root.leader().node(), now, out);
    }
  }

  private void beginResolving(String why, Now now, Effects out) {
    if (over || resolvedEnd != UNKNOWN) {
      return;
    }
    if (standing.phase() != Phase.RESOLVING) {
      Handover running = handover;
      if (running != null && running.seal() != null) {
        running.seal().abandon();
      }
      endHandover(Refusal.notLeader(null), out);
      reads.end(Refusal.notLeader(null), out);
      publisher.stop();
      resolvingSinceNanos = now.monotonicNanos();
      standing.enter(Phase.RESOLVING, why);
      out.trace(new Trace.Noted("s3 A.5.5 resolve", why));
    }
    resolve(now, out);
  }

  private void resolve(Now now, Effects out) {
    if (resolvedEnd != UNKNOWN || over) {
      return;
    }
    Root root = view.known();
    if (root.epoch() > epoch) {
      Sealed ended = root.endOf(epoch);
      if (ended == null) {
        forgotten(now, out);
      } else {
        end(ended.end(), now, out);
      }
      return;
    }
    long sealedAt = pipeline.sealedAt();
    if (confirming || sealedAt == Long.MAX_VALUE || !pipeline.isDurableBelow(sealedAt)) {
      return;
    }
    // A seal alone is no verdict: it may have been created late, on a slot that the successor has
    // truncated. The root tells, if it is read after the seal.
    confirming = true;
    reader.ask(
        (sentNanos, then, effects) -> {
          confirming = false;
          boolean open = !over && resolvedEnd == UNKNOWN;
          if (open && view.known().epoch() == epoch) {
            end(sealedAt, then, effects);
          } else if (open) {
            resolve(then, effects);
          }
        },
        now,
        out);
  }

  /** The end of the epoch is known: all slots below it are in the log, the others never will be. */
  private void end(long end, Now now, Effects out) {
    Check.that(
        end > log.committed().slot() && end <= log.head().slot() + 1,
        "epoch ends at %s, committed here is %s, the head %s",
        end,
        log.committed().slot(),
        log.head().slot());
    resolvedEnd = end;
    pipeline.close();
    log.commitTo(end - 1, out);
    if (log.head().slot() >= end) {
      out.notCommitted(
          end,
          new Refusal(
              RefusalCode.NOT_COMMITTED,
              null,
              "the epoch of this leader ended before the command was part of the log"));
      log.dropUncommitted();
    }
    leaveWhenApplied(now, out);
  }

  /** So many epochs have passed that the root does not tell any more. */
  private void forgotten(Now now, Effects out) {
    pipeline.close();
    log.dropUncommitted();
    leave(now, out);
  }

  /** The state machine has moved on. */
  void onApplied(Now now, Effects out) {
    if (resolvedEnd != UNKNOWN) {
      leaveWhenApplied(now, out);
    }
  }

  /** Callers are answered when their slot is applied; a change of role would end them before. */
  private void leaveWhenApplied(Now now, Effects out) {
    boolean answered = log.applied() >= resolvedEnd - 1 || standing.role() != Role.LEADER;
    if (!over && answered) {
      leave(now, out);
    }
  }

  private void leave(Now now, Effects out) {
    over = true;
    pipeline.close();
    publisher.stop();
    reads.end(Refusal.notLeader(null), out);
    Handover running = handover;
    if (running != null) {
      pushes.sendToAll(new S3Message.HandOver(epoch, resolvedEnd, running.successor()), out);
    }
    owner.onLeadershipOver(running, standing.reason(), now, out);
  }

  long epoch() {
    return epoch;
  }

  List<ReplicaStatus.Peer> peers(long nowNanos) {
    return pushes.peers(nowNanos);
  }
}
