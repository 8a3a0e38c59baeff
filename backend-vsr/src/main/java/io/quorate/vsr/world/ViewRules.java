// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.world;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.sim.oracle.ProtocolInvariant;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds between the messages of all replicas, whatever crashed in between: an op is prepared
 * once in a view, and by one primary; whoever has spoken in a view promises nothing in an earlier
 * one; what was acknowledged in a view is in every log that is offered for a later one.
 */
public final class ViewRules implements ProtocolInvariant {
  private record Place(long view, long op) {}

  private final Map<Place, ChainHash> prepared = new HashMap<>();
  private final Map<Long, NodeId> primaries = new HashMap<>();
  private final Map<NodeId, Long> views = new HashMap<>();
  private final Map<NodeId, Long> normalViews = new HashMap<>();
  private final Map<Long, LogShape> logs = new HashMap<>();

  @Override
  public void onEvent(NodeId node, Event event) {}

  @Override
  public void onLeave(NodeId from, NodeId to, ProtocolMessage message) {
    switch (message) {
      case Prepare prepare -> {
        primary(from, prepare.view());
        Entry entry = prepare.entry();
        ChainHash before =
            prepared.putIfAbsent(new Place(entry.epoch(), entry.slot()), entry.hash());
        Check.that(
            before == null || before.equals(entry.hash()),
            "%s was prepared before with another content: %s",
            entry,
            "" + before);
      }
      case Commit commit -> primary(from, commit.view());
      case StartView start -> {
        primary(from, start.view());
        log(start);
      }
      case PrepareOk ok -> promise(from, ok.view());
      case CommitOk ok -> promise(from, ok.view());
      case DoViewChange change -> offer(from, change);
      case StartViewChange vote ->
          Check.that(vote.proposed() > vote.view(), "%s votes for %s", from, vote);
      default -> {}
    }
  }

  private void primary(NodeId node, long view) {
    NodeId other = primaries.putIfAbsent(view, node);
    Check.that(
        other == null || other.equals(node), "%s is a second primary of view %s", node, view);
    promise(node, view);
  }

  /** V2: never in a view lower than one in which it has spoken. */
  private void promise(NodeId node, long view) {
    long latest = views.getOrDefault(node, 0L);
    Check.that(latest <= view, "%s speaks in view " + view + " after %s", node, latest);
    views.put(node, view);
    normal(node, view);
  }

  private void normal(NodeId node, long view) {
    normalViews.merge(node, view, Math::max);
  }

  /** V1: an offered log is not older than one of which the replica has acknowledged a part. */
  private void offer(NodeId node, DoViewChange change) {
    long latest = views.getOrDefault(node, 0L);
    Check.that(
        latest <= change.view(),
        "%s offers a log for view " + change.view() + " after %s",
        node,
        latest);
    views.put(node, change.view());
    long normal = normalViews.getOrDefault(node, 0L);
    Check.that(
        change.lastNormalView() >= normal,
        "%s offers the log of view " + change.lastNormalView() + ", it had that of %s",
        node,
        normal);
  }

  /** A view has one log, which only grows. */
  private void log(StartView start) {
    LogShape before = logs.put(start.view(), start.log());
    if (before != null) {
      @Nullable String wrong = conflict(before, start.log());
      Check.that(wrong == null, "two logs of view %s: %s", start.view(), "" + wrong);
    }
  }

  private static @Nullable String conflict(LogShape one, LogShape other) {
    long end = Math.min(one.op(), other.op());
    boolean comparable = end >= Math.max(one.base(), other.base());
    return comparable && one.viewAt(end) != other.viewAt(end) ? one + " and " + other : null;
  }
}
