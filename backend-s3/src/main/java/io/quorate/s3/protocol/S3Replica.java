// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.LogView;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.Seat;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.S3Config;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.protocol.log.HardState;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One S3 replica: hands events to whom they concern. It owns an epoch or it does not; {@link
 * Leadership} and {@link Following} know the rest.
 *
 * <p>Invariants: a {@link Leadership} exists exactly while this incarnation owns the newest epoch
 * that it knows, or is still finding out how that epoch ended; every request to the bucket has
 * somebody who takes its answer, whatever it is.
 */
public final class S3Replica implements ReplicaCore, Leadership.Owner, Following.Owner {
  private final Site site;
  private final Agenda agenda = new Agenda();
  private final Requests requests;
  private final RootView view;
  private final RootReader reader;
  private final S3Log log;
  private final Standing standing;
  private final Following following;
  private final StatusDetails details = new StatusDetails();
  private final long pulseNanos;
  private @Nullable Leadership leadership;
  private @Nullable SnapshotRef newest;
  private HardState persisted = HardState.NONE;
  private long lastToken;
  private long nowNanos;

  /** Makes the core of one replica; it does nothing before {@link #restore}. */
  public S3Replica(Seat seat, S3Config config) {
    this.site = Site.of(seat, config);
    this.requests = new Requests(site, agenda);
    this.view = new RootView(site.keys());
    this.reader = new RootReader(site, view, requests, agenda, this::onNewRoot);
    this.log = new S3Log(config.requests().getBytesInFlightMax());
    this.standing = new Standing(site.self());
    this.following = new Following(site, view, reader, requests, agenda, log, standing, this);
    this.pulseNanos = config.timing().heartbeatInterval().toNanos();
  }

  @Override
  public void restore(DurableState state, Now now, Effects out) {
    nowNanos = now.monotonicNanos();
    byte[] hardState = state.hardState();
    if (hardState != null) {
      persisted = HardState.decode(hardState);
      view.restore(persisted);
    }
    SnapshotRef snapshot = state.snapshot();
    if (snapshot != null) {
      log.restore(snapshot);
      newest = snapshot;
    }
    following.start(now, out);
    agenda.at(now.monotonicNanos() + pulseNanos, this::pulse);
  }

  @Override
  public void step(Event event, Now now, Effects out) {
    nowNanos = now.monotonicNanos();
    switch (event) {
      case Event.Tick tick -> onTick(now, out);
      case Event.Received received -> onReceived(received, now, out);
      case Event.Submitted submitted -> onSubmitted(submitted, now, out);
      case Event.ReadRequested read -> onRead(read.readId(), read.consistency(), now, out);
      case Event.ObjectDone done -> requests.onDone(done.requestId(), done.result(), now, out);
      case Event.Applied applied -> onApplied(applied.slot(), now, out);
      case Event.SnapshotSaved saved -> onSnapshotSaved(saved.snapshot(), out);
      case Event.SnapshotChunk chunk -> {
        Leadership leading = leadership;
        if (leading != null) {
          leading.onChunk(chunk, now, out);
        }
      }
      case Event.SnapshotReceived received -> following.onReceived(received, now, out);
      case Event.Admin admin -> onAdmin(admin, now, out);
      case Event.Persisted persistedNow -> {} // nothing waits for it
      case Event.Damaged damaged ->
          throw new InvariantViolation("the S3 backend keeps no log here: " + damaged);
      case Event.Loaded loaded ->
          out.trace(new Trace.Noted("s3 load", "nobody asked for load " + loaded.loadId()));
    }
    persistRoot(out);
  }

  private void onTick(Now now, Effects out) {
    Leadership leading = leadership;
    if (leading != null) {
      leading.onTick(now);
    }
    agenda.run(now, out);
  }

  /** Remembers the newest root, so that an older one is refused by name after a restart. */
  private void persistRoot(Effects out) {
    HardState seen = view.floor();
    if (!seen.equals(persisted)) {
      persisted = seen;
      lastToken++;
      out.persist(new DurableWrite(lastToken, seen.encode(), 0, null, List.of()), List.of());
    }
  }

  private void pulse(Now now, Effects out) {
    Leadership leading = leadership;
    if (leading != null) {
      leading.pulse(now, out);
    } else {
      following.pulse(now, out);
    }
    agenda.at(now.monotonicNanos() + pulseNanos, this::pulse);
  }

  private void onNewRoot(Now now, Effects out) {
    Leadership leading = leadership;
    if (leading != null) {
      leading.onNewRoot(now, out);
    } else {
      following.onNewRoot(now, out);
    }
  }

  private void onReceived(Event.Received received, Now now, Effects out) {
    NodeId from = received.from();
    if (!(received.message() instanceof S3Message message)) {
      out.trace(new Trace.Ignored(from, received.message().name(), "not a message of S3"));
      return;
    }
    if (from.equals(site.self()) || !site.members().contains(from)) {
      out.trace(new Trace.Ignored(from, message.name(), "the sender is not another member"));
      return;
    }
    Leadership leading = leadership;
    if (leading != null) {
      leading.onMessage(from, message, now, out);
    } else {
      following.onMessage(from, message, now, out);
    }
  }

  private void onSubmitted(Event.Submitted submitted, Now now, Effects out) {
    Leadership leading = leadership;
    if (leading != null) {
      leading.onSubmitted(submitted.proposal(), now, out);
    } else {
      out.reject(submitted.proposal(), Refusal.notLeader(standing.leader()));
    }
  }

  private void onRead(long readId, ReadConsistency consistency, Now now, Effects out) {
    if (consistency instanceof ReadConsistency.Lease && site.config().reads().lease().isZero()) {
      out.rejectRead(
          readId, Refusal.of(RefusalCode.UNSUPPORTED, "lease reads are off (quorate.s3.lease)"));
      return;
    }
    Leadership leading = leadership;
    if (leading != null) {
      leading.onRead(readId, consistency, now, out);
    } else {
      following.onRead(readId, consistency, now, out);
    }
  }

  private void onApplied(long slot, Now now, Effects out) {
    log.appliedTo(slot);
    Leadership leading = leadership;
    if (leading != null) {
      leading.onApplied(now, out);
    } else {
      following.onApplied(now, out);
    }
  }

  private void onSnapshotSaved(SnapshotRef snapshot, Effects out) {
    newest = snapshot;
    following.onOwnSnapshot();
    Leadership leading = leadership;
    if (leading != null) {
      leading.onSnapshot(snapshot, out);
    }
  }

  private void onAdmin(Event.Admin admin, Now now, Effects out) {
    Leadership leading = leadership;
    switch (admin.command()) {
      case AdminCommand.TransferLeadership transfer -> {
        if (leading != null) {
          leading.onTransfer(admin.requestId(), transfer.target(), now, out);
        } else {
          out.adminDone(admin.requestId(), Refusal.notLeader(standing.leader()));
        }
      }
      case AdminCommand.TakeSnapshot snapshot ->
          out.adminDone(
              admin.requestId(),
              Refusal.of(RefusalCode.UNSUPPORTED, "snapshots are taken by the runtime"));
    }
  }

  @Override
  public void onWon(long leaseMillis, Now now, Effects out) {
    Leadership won = new Leadership(site, view, reader, requests, agenda, log, standing, this);
    leadership = won;
    won.begin(leaseMillis, newest, now, out);
  }

  @Override
  public void onInstall(SnapshotRef snapshot) {
    newest = snapshot;
  }

  @Override
  public void onLeadershipOver(@Nullable Handover handover, String why, Now now, Effects out) {
    Leadership ended = leadership;
    if (ended != null) {
      leadership = null;
      following.resume(ended.epoch(), handover, why, now, out);
    }
  }

  @Override
  public long deadlineNanos() {
    Leadership leading = leadership;
    long roomAt = leading == null ? Long.MAX_VALUE : leading.roomAtNanos();
    return Math.min(agenda.deadlineNanos(), roomAt);
  }

  @Override
  public boolean saturated(boolean full, Now now) {
    Leadership leading = leadership;
    return leading != null && leading.saturated(full, now);
  }

  @Override
  public LogView log() {
    return log.view();
  }

  @Override
  public ReplicaStatus status() {
    Leadership leading = leadership;
    String trouble = requests.trouble();
    return new ReplicaStatus(
        site.self(),
        standing.role(),
        standing.phase().name(),
        standing.epoch(),
        standing.leader(),
        trouble == null ? standing.reason() : standing.reason() + "; " + trouble,
        log.view().firstSlot(),
        log.head().slot(),
        log.committed().slot(),
        log.committed().slot(),
        leading == null ? List.of() : leading.peers(nowNanos),
        details.of(view.root(), leading == null ? null : leading.pipeline(), trouble));
  }
}
