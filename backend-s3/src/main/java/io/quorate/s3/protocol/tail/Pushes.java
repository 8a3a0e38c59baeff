// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.tail;

import io.quorate.api.NodeId;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.s3.layout.Root;
import io.quorate.s3.message.S3Message;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A leader's side of pushing: committed entries go to each follower that keeps up, within the
 * credit it gave. Whoever does not keep up reads the bucket; nothing here is needed for safety.
 */
public final class Pushes {
  private static final long NEVER = Long.MIN_VALUE / 2;

  private record Sent(long slot, int bytes) {}

  private static final class Feed {
    final NodeId node;
    final ArrayDeque<Sent> underWay = new ArrayDeque<>();
    boolean known;
    long has;
    long sent;
    long credit;
    long underWayBytes;
    long heardNanos = NEVER;

    Feed(NodeId node) {
      this.node = node;
    }
  }

  private final long epoch;
  private final RootView view;
  private final S3Log log;
  private final List<Feed> feeds = new ArrayList<>();

  /** Feeds all other members, once they have told how far they are. */
  public Pushes(Site site, long epoch, RootView view, S3Log log) {
    this.epoch = epoch;
    this.view = view;
    this.log = log;
    for (NodeId member : site.members()) {
      if (!member.equals(site.self())) {
        feeds.add(new Feed(member));
      }
    }
  }

  /** Tells all others that the leader lives. */
  public void heartbeat(Effects out) {
    Root root = view.known();
    S3Message.Heartbeat beat =
        new S3Message.Heartbeat(epoch, root.version(), log.committed().slot());
    for (Feed feed : feeds) {
      out.send(new Outgoing(feed.node, beat));
    }
  }

  /** Tells all others something. */
  public void sendToAll(S3Message message, Effects out) {
    for (Feed feed : feeds) {
      out.send(new Outgoing(feed.node, message));
    }
  }

  /** More is committed. */
  public void onCommitted(Effects out) {
    for (Feed feed : feeds) {
      push(feed, out);
    }
  }

  /** A follower tells how far it is. */
  public void onCredit(NodeId from, S3Message.PushCredit credit, Now now, Effects out) {
    for (Feed feed : feeds) {
      if (feed.node.equals(from)) {
        onCredit(feed, credit, now, out);
      }
    }
  }

  private void onCredit(Feed feed, S3Message.PushCredit credit, Now now, Effects out) {
    feed.heardNanos = now.monotonicNanos();
    // The same answer twice, with more under way: something was lost, or the two crossed. Sending
    // an entry twice does no harm.
    boolean stuck = feed.known && credit.slot() == feed.has && feed.sent > feed.has;
    feed.known = true;
    feed.has = credit.slot();
    feed.credit = credit.bytes();
    if (stuck || feed.sent < feed.has) {
      feed.sent = feed.has;
      feed.underWay.clear();
      feed.underWayBytes = 0;
    }
    for (Sent first = feed.underWay.peekFirst();
        first != null && first.slot <= feed.has;
        first = feed.underWay.peekFirst()) {
      feed.underWay.removeFirst();
      feed.underWayBytes -= first.bytes;
    }
    push(feed, out);
  }

  private void push(Feed feed, Effects out) {
    while (feed.known && feed.sent < log.committed().slot()) {
      Entry entry = log.view().get(feed.sent + 1);
      if (entry == null || feed.underWayBytes + entry.sizeBytes() > feed.credit) {
        return;
      }
      feed.sent = entry.slot();
      feed.underWay.add(new Sent(entry.slot(), entry.sizeBytes()));
      feed.underWayBytes += entry.sizeBytes();
      out.send(new Outgoing(feed.node, new S3Message.Push(epoch, view.known().version(), entry)));
    }
  }

  /** The follower that was heard within {@code nanos} and has most of the log; null if none was. */
  public @Nullable NodeId mostSuitable(long nanos, Now now) {
    Feed best = null;
    for (Feed feed : feeds) {
      boolean alive = now.monotonicNanos() - feed.heardNanos < nanos;
      if (alive && (best == null || feed.has > best.has)) {
        best = feed;
      }
    }
    return best == null ? null : best.node;
  }

  /** For people. */
  public List<ReplicaStatus.Peer> peers(long nowNanos) {
    List<ReplicaStatus.Peer> peers = new ArrayList<>();
    for (Feed feed : feeds) {
      boolean fed = feed.known && feed.sent == log.committed().slot();
      peers.add(
          new ReplicaStatus.Peer(
              feed.node,
              fed ? "push" : "pull",
              feed.has,
              feed.heardNanos == NEVER ? Long.MAX_VALUE : nowNanos - feed.heardNanos));
    }
    return peers;
  }
}
