// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.logbuffer.Header;
import io.quorate.bench.compare.CounterMachine;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;

/** The counters behind Aeron Cluster. It applies on one thread; others ask for the diary. */
final class CounterService implements ClusteredService {
  /** How long a client that takes no answer holds up the others. */
  private static final long OFFER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final CounterMachine counters;
  private final ExpandableArrayBuffer out = new ExpandableArrayBuffer();
  private @Nullable Cluster cluster;
  private volatile boolean leads;
  private long count;
  private volatile long applied;

  CounterService(CounterMachine counters) {
    this.counters = counters;
  }

  /** Whether the service takes itself for that of the leader. */
  boolean leads() {
    return leads;
  }

  /** Messages of clients applied so far, the same on all replicas at the same place of the log. */
  long applied() {
    return applied;
  }

  byte[] answer(byte[] query) {
    synchronized (counters) {
      return counters.query(query);
    }
  }

  @Override
  public void onStart(Cluster cluster, @Nullable Image snapshot) {
    this.cluster = cluster;
  }

  @Override
  public void onSessionMessage(
      @Nullable ClientSession session,
      long timestamp,
      DirectBuffer buffer,
      int offset,
      int length,
      Header header) {
    byte[] body = Message.bodyOfCall(buffer, offset, length);
    byte[] answer;
    if (Message.kind(buffer, offset) == Message.QUERY) {
      answer = answer(body);
    } else {
      synchronized (counters) {
        answer = counters.apply(body);
      }
    }
    applied = ++count;
    if (session != null) {
      send(session, Message.answer(out, Message.number(buffer, offset), answer));
    }
  }

  /** On a follower an offer does nothing and succeeds. */
  private void send(ClientSession session, int length) {
    Cluster replica = cluster;
    long end = System.nanoTime() + OFFER_NANOS_MAX;
    while (replica != null) {
      long position = session.offer(out, 0, length);
      if (position > 0
          || position == Publication.CLOSED
          || position == Publication.MAX_POSITION_EXCEEDED
          || System.nanoTime() > end) {
        return;
      }
      replica.idleStrategy().idle();
    }
  }

  @Override
  public void onRoleChange(Cluster.Role role) {
    leads = role == Cluster.Role.LEADER;
  }

  @Override
  public void onTakeSnapshot(ExclusivePublication snapshot) {
    throw new UnsupportedOperationException("nobody asks for a snapshot in a comparison");
  }

  @Override
  public void onSessionOpen(ClientSession session, long timestamp) {}

  @Override
  public void onSessionClose(ClientSession session, long timestamp, CloseReason reason) {}

  @Override
  public void onTimerEvent(long correlationId, long timestamp) {}

  @Override
  public void onTerminate(Cluster cluster) {}
}
