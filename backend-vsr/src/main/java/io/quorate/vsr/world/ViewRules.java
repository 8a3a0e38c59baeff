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
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What holds between the messages of all replicas, whatever crashed in between: an op is prepared
 * once in a view, and by one primary; whoever has spoken in a view promises nothing in an earlier
 * one; what was acknowledged in a view is in every log that is offered for a later one.
 */
public final class ViewRules implements ProtocolInvariant {
  private record Place(long view, long op) {}

  /** Messages of one sync leave receiver by receiver, so their order counts for each of them. */
  private record Way(NodeId from, NodeId to) {}

  private final Map<Place, ChainHash> prepared = new HashMap<>();
  private final Map<Long, NodeId> primaries = new HashMap<>();
  private final Map<Way, Long> views = new HashMap<>();
  private final Map<NodeId, TreeSet<Long>> normalViews = new HashMap<>();
  private final Map<Long, LogShape> logs = new HashMap<>();

  @Override
  public void onEvent(NodeId node, Event event) {}

  @Override
  public void onLeave(NodeId from, NodeId to, ProtocolMessage message) {
    switch (message) {
      case Prepare prepare -> {
        primary(from, to, prepare.view());
        Entry entry = prepare.entry();
        ChainHash before =
            prepared.putIfAbsent(new Place(entry.epoch(), entry.slot()), entry.hash());
        Check.that(
            before == null || before.equals(entry.hash()),
            "%s was prepared before with another content: %s",
            entry,
            "" + before);
      }
      case Commit commit -> primary(from, to, commit.view());
      case StartView start -> {
        primary(from, to, start.view());
        log(start);
      }
      case PrepareOk ok -> promise(from, to, ok.view());
      case CommitOk ok -> promise(from, to, ok.view());
      case DoViewChange change -> offer(from, to, change);
      case StartViewChange vote ->
          Check.that(vote.proposed() > vote.view(), "%s votes for %s", from, vote);
      default -> {}
    }
  }

  private void primary(NodeId node, NodeId to, long view) {
    NodeId other = primaries.putIfAbsent(view, node);
    Check.that(
        other == null || other.equals(node), "%s is a second primary of view %s", node, view);
    promise(node, to, view);
  }

  /** The sender has installed the log of this view. */
  private void promise(NodeId from, NodeId to, long view) {
    speak(from, to, view);
    normalViews.computeIfAbsent(from, node -> new TreeSet<>()).add(view);
  }

  /** V2: never in a view lower than one in which it has spoken. */
  private void speak(NodeId from, NodeId to, long view) {
    long latest = views.getOrDefault(new Way(from, to), 0L);
    Check.that(latest <= view, "%s speaks in view " + view + " after %s", from, latest);
    views.put(new Way(from, to), view);
  }

  /** V1: an offered log is not older than one of which the replica has acknowledged a part. */
  private void offer(NodeId from, NodeId to, DoViewChange change) {
    speak(from, to, change.view());
    Long normal = normalViews.computeIfAbsent(from, node -> new TreeSet<>()).lower(change.view());
    Check.that(
        normal == null || change.lastNormalView() >= normal,
        "%s offers the log of view " + change.lastNormalView() + ", it had that of %s",
        from,
        "" + normal);
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
