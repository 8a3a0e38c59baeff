// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.recovery;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.vsr.message.Incarnation;
import io.quorate.vsr.message.VsrMessage.Recovery;
import io.quorate.vsr.message.VsrMessage.RecoveryResponse;
import io.quorate.vsr.protocol.group.Group;
import io.quorate.vsr.protocol.log.Incarnations;
import io.quorate.vsr.protocol.log.VsrLog;
import io.quorate.vsr.protocol.viewchange.Standing;
import io.quorate.vsr.protocol.viewchange.Status;
import java.util.List;
import java.util.TreeMap;

/**
 * The recovery of a replica that has lost its disk (VRR §4.3), and the other side of it. It finds
 * out the latest view in which the replica can have promised anything; then {@link HeadRecovery}
 * gets the log of that view, or a later one.
 *
 * <p>The paper's protocol lets a promise from before the loss, delayed on its way, count beside
 * what the replica says after it. So every recovery has a number; a view-change quorum of the
 * others has it on disk before it answers, and names it whenever it gives its log: one of them is
 * in every later view-change quorum, and there an offer of an earlier incarnation is dropped.
 */
public final class Amnesia {
  private final VsrLog log;
  private final Incarnations incarnations;
  private final Group group;
  private final Standing standing;
  private final long nonce;
  private final long repeatNanos;
  private final TreeMap<NodeId, RecoveryResponse> answers = new TreeMap<>();
  private long askAtNanos = Long.MIN_VALUE;
  private long number;

  /**
   * Nothing is known yet.
   *
   * @param nonce random, so that answers from before this start do not fit
   */
  public Amnesia(VsrLog log, Group group, Standing standing, long nonce, long repeatNanos) {
    this.log = log;
    this.incarnations = log.incarnations();
    this.group = group;
    this.standing = standing;
    this.nonce = nonce;
    this.repeatNanos = repeatNanos;
  }

  /** When {@link #tick} is due. */
  public long deadlineNanos() {
    return incarnations.diskLost() ? askAtNanos : Long.MAX_VALUE;
  }

  /** Asks all others, until enough have answered. */
  public void tick(Now now, Effects out) {
    if (!incarnations.diskLost() || now.monotonicNanos() < askAtNanos) {
      return;
    }
    askAtNanos = now.monotonicNanos() + repeatNanos;
    number = Math.max(number, incarnations.numberOf(group.self()) + 1);
    for (NodeId other : group.others()) {
      log.send(new Outgoing(other, new Recovery(log.view(), number, nonce)), out);
    }
  }

  /**
   * Another replica has lost its disk. Answers only if it is healthy itself: it has, or follows,
   * the log of its view.
   *
   * @return whether the sender is a new incarnation, whose promises are void
   */
  public boolean onRecovery(NodeId from, Recovery question, Effects out) {
    boolean healthy =
        standing.status() == Status.PRIMARY
            || (standing.status() == Status.BACKUP && log.lastNormalView() == log.view());
    if (!healthy || log.muted()) {
      out.trace(new Trace.Ignored(from, question.name(), "it is not in normal operation itself"));
      return false;
    }
    Incarnation asking = new Incarnation(from, question.incarnation(), question.nonce());
    boolean later = asking.number() > incarnations.numberOf(from);
    incarnations.learn(asking);
    boolean granted = asking.equals(incarnations.of(from));
    // That it is known must be durable: it is what makes earlier promises void.
    log.release(
        new Outgoing(
            from,
            new RecoveryResponse(
                log.view(),
                incarnations.numberOf(from),
                question.nonce(),
                granted,
                granted && standing.status() == Status.PRIMARY,
                incarnations.all())));
    return later;
  }

  /**
   * An answer.
   *
   * @return whether this replica knows by now in which view to go on
   */
  public boolean onResponse(NodeId from, RecoveryResponse answer, Effects out) {
    if (!incarnations.diskLost() || answer.nonce() != nonce) {
      out.trace(new Trace.Ignored(from, answer.name(), "it answers no question of this start"));
      return false;
    }
    if (!answer.granted()) {
      if (answer.incarnation() >= number) {
        number = answer.incarnation() + 1; // taken by an earlier start
        answers.clear();
        askAtNanos = Long.MIN_VALUE;
      }
      return false;
    }
    if (answer.incarnation() != number) {
      return false;
    }
    answers.put(from, answer);
    dropOutdated(out);
    if (!suffices()) {
      return false;
    }
    for (RecoveryResponse each : answers.values()) {
      each.incarnations().forEach(incarnations::learn);
    }
    incarnations.learn(new Incarnation(group.self(), number, nonce));
    Check.that(
        incarnations.numberOf(group.self()) == number,
        "incarnation %s is known, this is %s",
        incarnations.numberOf(group.self()),
        number);
    incarnations.diskRegained();
    out.trace(
        new Trace.Noted(
            "vsr §4.3 recovery",
            "as incarnation " + number + " it goes on in view " + log.view() + " or later"));
    return true;
  }

  /** Who has lost its own disk since it answered may have forgotten that it did. */
  private void dropOutdated(Effects out) {
    TreeMap<NodeId, List<Incarnation>> told = new TreeMap<>();
    answers.forEach((node, answer) -> told.put(node, answer.incarnations()));
    for (NodeId node : Incarnation.outdated(told)) {
      answers.remove(node);
      out.trace(new Trace.Ignored(node, "RecoveryResponse", "it has lost its disk since"));
    }
  }

  /** A view-change quorum, and among it the primary of the latest view that it names. */
  private boolean suffices() {
    long latest = 0;
    for (RecoveryResponse each : answers.values()) {
      latest = Math.max(latest, each.view());
    }
    RecoveryResponse primary = answers.get(group.primaryOf(latest));
    return answers.size() >= group.quorums().viewChange()
        && primary != null
        && primary.primary()
        && primary.view() == latest;
  }

  /** What it waits for, for people. */
  public String reason() {
    StringBuilder text = new StringBuilder("its disk was lost: it takes part in nothing until ");
    text.append(group.quorums().viewChange()).append(" of ");
    text.append(String.join(", ", group.others().stream().map(NodeId::value).toList()));
    text.append(" have answered in normal operation, the primary among them; so far ");
    if (answers.isEmpty()) {
      return text.append("none has").toString();
    }
    text.append(String.join(", ", answers.keySet().stream().map(NodeId::value).toList()));
    return text.append(answers.size() == 1 ? " has" : " have").toString();
  }
}
