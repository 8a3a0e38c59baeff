// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.viewchange;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Trace;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.message.Incarnation;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import io.quorate.vsr.protocol.group.Group;
import io.quorate.vsr.protocol.log.Loads;
import io.quorate.vsr.protocol.log.VsrLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Votes for another view, enters it, and finds its log (VRR §4.2). Says when this replica may serve
 * as primary; what a primary then does is not its business.
 *
 * <p>A vote changes nothing at the voter: only a quorum of votes moves a replica on, or a message
 * of a view to which such a quorum has moved others. So a replica that hears nothing cannot drag
 * the group from view to view.
 */
public final class ViewChange {
  /** Failed views after which patience no longer grows. */
  private static final int BACK_OFF_MAX = 4;

  private final VsrConfig config;
  private final VsrLog log;
  private final Group group;
  private final Standing standing;
  private final Loads loads;
  private final RandomGenerator random;
  private final Votes votes;
  private final long heartbeatNanos;
  private final TreeMap<NodeId, DoViewChange> logs = new TreeMap<>();

  private long deadlineNanos = Long.MAX_VALUE;
  private long resendNanos = Long.MAX_VALUE;
  private long quietSinceNanos;
  private int failures;
  private long campaign;
  private boolean gaveUp;
  private boolean chosen;
  private long commit;
  private long loadId;
  private @Nullable Entry readBack;

  /** Works on the given log and standing. */
  public ViewChange(
      VsrConfig config,
      VsrLog log,
      Group group,
      Standing standing,
      Loads loads,
      RandomGenerator random) {
    this.config = config;
    this.log = log;
    this.group = group;
    this.standing = standing;
    this.loads = loads;
    this.random = random;
    this.heartbeatNanos = config.timing().heartbeatInterval().toNanos();
    this.votes = new Votes(config.patienceMinNanos());
  }

  /** Takes its place after a restart (B.4). */
  public void start(Now now, Effects out) {
    // With leases, a promise may have been made just before the restart.
    quietSinceNanos =
        config.safeguards().leaseReads()
            ? now.monotonicNanos()
            : now.monotonicNanos() - config.patienceMaxNanos();
    restartTimer(now);
    if (log.muted()) {
      standing.become(
          mutedStatus(),
          null,
          "entries at the end of the log may be lost; it takes part"
              + " in nothing until a primary has told it the end");
      announce(out);
    } else if (log.lastNormalView() < log.view()) {
      standing.become(Status.VIEW_CHANGE, null, "restarted during a view change");
      announce(out);
      sendLog(now);
    } else if (group.leads(log.view())) {
      // What it had prepared may be lost, and others may have it: no op may be prepared twice.
      abdicate("restarted as the primary of view " + log.view(), now, out);
    } else {
      standing.become(Status.BACKUP, null, "restarted as a backup");
      announce(out);
    }
  }

  private Status mutedStatus() {
    return log.incarnations().diskLost() ? Status.RECOVERING : Status.RECOVERING_HEAD;
  }

  /** Says anew why a replica that takes part in nothing waits. */
  public void explain(String why, Effects out) {
    if (!why.equals(standing.reason()) || standing.status() != mutedStatus()) {
      standing.become(mutedStatus(), standing.primary(), why);
      announce(out);
    }
  }

  /** When {@link #onTick} is due. */
  public long deadlineNanos() {
    return standing.status() == Status.PRIMARY ? resendNanos : Math.min(deadlineNanos, resendNanos);
  }

  /** Whether patience has ended, or something must be said again. */
  public void onTick(Now now, Effects out) {
    long nowNanos = now.monotonicNanos();
    if (nowNanos >= deadlineNanos && standing.status() != Status.PRIMARY) {
      restartTimer(now);
      if (!log.muted()) {
        out.trace(
            new Trace.Noted(
                "vsr §4.2 view change", "heard no primary of view " + log.view() + " in time"));
        propose(Math.max(campaign, log.view() + 1), now, out);
      }
    }
    if (nowNanos >= resendNanos) {
      resendNanos = Long.MAX_VALUE;
      if (campaign > log.view()) {
        propose(campaign, now, out);
      }
      if (standing.status() == Status.VIEW_CHANGE && log.lastNormalView() < log.view()) {
        sendLogAgain(now, out);
      }
    }
  }

  private void restartTimer(Now now) {
    long min = config.patienceMinNanos() << Math.min(failures, BACK_OFF_MAX);
    deadlineNanos = now.monotonicNanos() + random.nextLong(min, 2 * min);
  }

  /** Asks for a later view, and counts who does, too (VRR §4.2 step 1). */
  public void propose(long view, Now now, Effects out) {
    Check.that(view > log.view(), "view %s is proposed in view %s", view, log.view());
    campaign = view;
    resendNanos = Math.min(resendNanos, now.monotonicNanos() + heartbeatNanos);
    // A primary with a lease yields only once it has forfeited that.
    boolean yields = group.leads(log.view()) && (gaveUp || standing.status() == Status.PRIMARY);
    StartViewChange vote = new StartViewChange(log.view(), view, yields);
    for (NodeId other : group.others()) {
      log.send(new Outgoing(other, vote), out);
    }
    enterIfAgreed(now, out);
  }

  /** Whether this replica asks for another view. */
  public boolean campaigns() {
    return campaign != 0;
  }

  /** No longer asks for another view. */
  public void withdraw() {
    campaign = 0;
    votes.clear();
  }

  /** Another replica asks for a later view. */
  public void onStartViewChange(NodeId from, StartViewChange vote, Now now, Effects out) {
    if (log.muted()) {
      out.trace(new Trace.Ignored(from, vote.name(), "the end of its own log is not certain"));
      return;
    }
    votes.record(from, vote.proposed(), now.monotonicNanos());
    boolean willing =
        (vote.yields() && from.equals(group.primaryOf(log.view())))
            || (standing.status() != Status.PRIMARY
                && now.monotonicNanos() - quietSinceNanos >= config.patienceMinNanos());
    if (willing && campaign != vote.proposed() && vote.proposed() > campaign) {
      propose(vote.proposed(), now, out);
    } else {
      enterIfAgreed(now, out);
    }
  }

  private void enterIfAgreed(Now now, Effects out) {
    if (campaign > log.view()
        && 1 + votes.count(campaign, now.monotonicNanos()) >= group.quorums().viewChange()) {
      enter(campaign, "a quorum asked for view " + campaign, now, out);
    }
  }

  /** Enters a later view, whose log is not known yet (VRR §4.2 step 2). */
  public void enter(long view, String why, Now now, Effects out) {
    log.enterView(view);
    failures++;
    campaign = 0;
    votes.clear();
    logs.clear();
    gaveUp = false;
    chosen = false;
    commit = 0;
    loadId = 0;
    readBack = null;
    quietSinceNanos = now.monotonicNanos();
    restartTimer(now);
    standing.become(log.muted() ? mutedStatus() : Status.VIEW_CHANGE, null, why);
    announce(out);
    if (!log.muted()) {
      sendLog(now);
    }
  }

  /** The replica was primary of its view and no longer is; nobody else can be, in this view. */
  public void abdicate(String why, Now now, Effects out) {
    standing.become(Status.VIEW_CHANGE, null, why);
    announce(out);
    restartTimer(now);
    gaveUp = true;
    propose(log.view() + 1, now, out);
  }

  /** The primary of the current view spoke. */
  public void hearPrimary(NodeId from, Now now, Effects out) {
    Check.that(
        from.equals(group.primaryOf(log.view())), "%s is not primary of view %s", from, log.view());
    campaign = 0;
    votes.clear();
    quietSinceNanos = now.monotonicNanos();
    if (standing.status() == Status.BACKUP) {
      failures = 0;
    }
    restartTimer(now);
    if (!from.equals(standing.primary())) {
      standing.become(standing.status(), from, "heard the primary of view " + log.view());
      announce(out);
    }
  }

  /** Sends, once all it says is durable, what this replica's log is (V1, V2). */
  private void sendLog(Now now) {
    resendNanos = Math.min(resendNanos, now.monotonicNanos() + heartbeatNanos);
    NodeId primary = group.primaryOf(log.view());
    if (primary.equals(group.self())) {
      return;
    }
    log.release(new Outgoing(primary, ownLog()));
  }

  private void sendLogAgain(Now now, Effects out) {
    resendNanos = Math.min(resendNanos, now.monotonicNanos() + heartbeatNanos);
    NodeId primary = group.primaryOf(log.view());
    if (log.settled() && !primary.equals(group.self())) {
      out.send(new Outgoing(primary, ownLog()));
    }
  }

  private DoViewChange ownLog() {
    return new DoViewChange(
        log.view(),
        log.lastNormalView(),
        log.commit(),
        log.shape(),
        log.last(),
        log.faultyOps(),
        log.incarnations().all());
  }

  /** The log of another replica, for this one as the new primary (VRR §4.2 step 3). */
  public void onDoViewChange(NodeId from, DoViewChange change, Now now, Effects out) {
    boolean gathering =
        group.leads(log.view()) && !log.muted() && (chosen || log.lastNormalView() < log.view());
    if (!gathering) {
      out.trace(new Trace.Ignored(from, change.name(), "it gathers no logs of this view"));
      return;
    }
    logs.put(from, change);
    addOwnLog();
    choose(now, out);
  }

  /** Something became durable; perhaps what this replica's own log says. */
  public void onDurable(Now now, Effects out) {
    if (addOwnLog()) {
      choose(now, out);
    }
  }

  /** Its own log counts like any other: once everything that is said of it is durable. */
  private boolean addOwnLog() {
    boolean due =
        standing.status() == Status.VIEW_CHANGE
            && group.leads(log.view())
            && log.lastNormalView() < log.view()
            && log.settled()
            && !logs.containsKey(group.self());
    if (due) {
      logs.put(group.self(), ownLog());
    }
    return due;
  }

  /** What members said of their logs before they lost their disks holds no longer (VRR §4.3). */
  private void dropOutdated(Effects out) {
    TreeMap<NodeId, List<Incarnation>> told = new TreeMap<>();
    logs.forEach((node, change) -> told.put(node, change.incarnations()));
    for (NodeId node : Incarnation.outdated(told)) {
      logs.remove(node);
      out.trace(new Trace.Ignored(node, "DoViewChange", "it has lost its disk since"));
    }
  }

  private void choose(Now now, Effects out) {
    dropOutdated(out);
    if (chosen
        || gaveUp
        || logs.size() < group.quorums().viewChange()
        || !logs.containsKey(group.self())) {
      return;
    }
    switch (LogChoice.choose(new ArrayList<>(logs.values()), group.quorums())) {
      case LogChoice.Undecided undecided ->
          out.trace(
              new Trace.Noted(
                  "vsr §4.2 wait",
                  "nobody can give op "
                      + undecided.op()
                      + " of view "
                      + log.view()
                      + ", and too few deny it"));
      case LogChoice.Chosen choice -> take(choice, now, out);
    }
  }

  private void take(LogChoice.Chosen choice, Now now, Effects out) {
    long agreed = log.here().agreement(choice.log());
    if (agreed < log.commit()) {
      // Nobody keeps the ops that it lacks; a snapshot is for a backup to receive.
      out.trace(
          new Trace.Noted(
              "vsr §4.2 forfeit",
              "the log of view " + log.view() + " begins behind op " + choice.log().base()));
      gaveUp = true;
      propose(log.view() + 1, now, out);
      return;
    }
    if (!isAtHand(agreed, out)) {
      return;
    }
    noteConflict(agreed, out);
    log.install(choice.log(), agreed, readBackAt(agreed));
    chosen = true;
    commit = choice.commit();
  }

  private void noteConflict(long agreed, Effects out) {
    if (agreed < log.last()) {
      out.trace(
          new Trace.Noted(
              "vsr §4.2 conflict",
              "ops "
                  + (agreed + 1)
                  + ".."
                  + log.last()
                  + " give way to the log of view "
                  + log.view()));
    }
  }

  private @Nullable Entry readBackAt(long op) {
    Entry loaded = readBack;
    return loaded != null && loaded.slot() == op ? loaded : null;
  }

  private boolean isAtHand(long op, Effects out) {
    if (op == log.last() || log.atHand(op) || readBackAt(op) != null) {
      return true;
    }
    if (loadId == 0) {
      loadId = loads.next();
      out.load(loadId, op, op, 1);
    }
    return false;
  }

  /** Takes an entry that was read back; false if the load was not for this. */
  public boolean onLoaded(long id, List<Entry> entries, Now now, Effects out) {
    if (id != loadId) {
      return false;
    }
    loadId = 0;
    readBack = entries.isEmpty() ? null : entries.get(0);
    choose(now, out);
    return true;
  }

  /** Whether the log of the view was chosen here and is being completed. */
  public boolean completing() {
    return chosen && standing.status() == Status.VIEW_CHANGE;
  }

  /** Whether this replica has, durably, the whole log of the view that it is to lead. */
  public boolean mayLead() {
    return completing()
        && !gaveUp
        && log.target() == null
        && log.settled()
        && log.faulty().firstFrom(commit + 1) == Long.MAX_VALUE;
  }

  /** Last op known to be committed by those who gave their logs. */
  public long commit() {
    return commit;
  }

  /** Who can give an op of the log being completed; another one than {@code before}, if any. */
  public @Nullable NodeId holderOf(long op, @Nullable NodeId before) {
    LogShape aim = log.target();
    if (aim == null || !aim.has(op)) {
      return null;
    }
    NodeId first = null;
    boolean passed = false;
    for (Map.Entry<NodeId, DoViewChange> known : logs.entrySet()) {
      NodeId node = known.getKey();
      if (!node.equals(group.self()) && known.getValue().holds(op, aim.viewAt(op))) {
        if (passed) {
          return node;
        }
        first = first == null ? node : first;
      }
      passed |= node.equals(before);
    }
    return first;
  }

  /** Becomes primary. */
  public void lead(Now now, Effects out) {
    Check.that(mayLead(), "view %s may not be led yet", log.view());
    failures = 0;
    resendNanos = Long.MAX_VALUE;
    withdraw();
    logs.clear();
    standing.become(Status.PRIMARY, group.self(), "has the log of view " + log.view());
    announce(out);
  }

  /**
   * Takes the log of the view from its primary (VRR §4.2 step 5).
   *
   * @return whether it is this replica's log now; if not, a part of it must come first
   */
  public boolean onStartView(StartView start, Now now, Effects out) {
    long agreed = log.here().agreement(start.log());
    if (agreed < log.commit()) {
      Check.that(
          log.commit() < start.log().base(),
          "the log of the view has other ops than those committed up to %s",
          log.commit());
      return false;
    }
    if (!isAtHand(agreed, out)) {
      return false;
    }
    noteConflict(agreed, out);
    log.install(start.log(), agreed, readBackAt(agreed));
    return true;
  }

  /** Has the log of the view, or the beginning of it, and follows its primary. */
  public void follow(NodeId primary, String why, Now now, Effects out) {
    failures = 0;
    resendNanos = Long.MAX_VALUE;
    standing.become(Status.BACKUP, primary, why);
    restartTimer(now);
    announce(out);
  }

  /** Tells the runtime where this replica stands. */
  public void announce(Effects out) {
    out.role(
        new RoleChange(
            standing.status().role(), log.view(), standing.primary(), standing.reason()));
  }
}
