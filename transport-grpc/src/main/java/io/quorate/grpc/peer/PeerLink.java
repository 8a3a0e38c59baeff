// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.grpc.Status;
import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.grpc.ConnectionProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this replica has with one other: at most one connection of use, and what is wrong. */
final class PeerLink {
  private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

  private final NodeId peer;
  private final TransportStats stats;
  private volatile @Nullable PeerStream live;
  private volatile @Nullable ConnectionProblem problem;
  private boolean closed;

  PeerLink(NodeId peer, TransportStats stats) {
    this.peer = peer;
    this.stats = stats;
  }

  NodeId peer() {
    return peer;
  }

  boolean connected() {
    return live != null;
  }

  @Nullable ConnectionProblem problem() {
    return problem;
  }

  @Nullable PeerStream live() {
    return live;
  }

  void send(List<WireMessage> messages) {
    PeerStream stream = live;
    if (stream == null) {
      stats.droppedUnconnected.add(messages.size());
      return;
    }
    for (WireMessage message : messages) {
      stream.offer(message);
    }
    stream.flush();
  }

  /** A handshake succeeded: from now on this connection counts, and any older one ends. */
  void established(PeerStream stream) {
    PeerStream older;
    synchronized (this) {
      if (closed) {
        older = stream;
      } else {
        older = live;
        live = stream;
        problem = null;
        stats.connects.increment();
      }
    }
    if (older != null && older != stream) {
      older.close(Status.ABORTED.withDescription("replaced by a newer connection"));
    } else if (older == stream) {
      stream.close(Status.UNAVAILABLE.withDescription("closing"));
    }
    log.info("connected to {}", peer);
  }

  /** A connection ended, whether it was of use or not. */
  synchronized void ended(PeerStream stream) {
    if (live == stream) {
      live = null;
      log.info("connection to {} lost", peer);
    }
  }

  /** Keeps why there is no connection; told to people once for each reason. */
  void failed(ConnectionProblem why) {
    ConnectionProblem before;
    synchronized (this) {
      if (closed || live != null) {
        return;
      }
      before = problem;
      problem = why;
    }
    if (before == null || before.kind() != why.kind()) {
      if (why.lasting()) {
        log.warn("no connection to {}: {}", peer, why.text());
      } else {
        log.info("no connection to {}: {}", peer, why.text());
      }
    }
  }

  void close() {
    PeerStream stream;
    synchronized (this) {
      closed = true;
      stream = live;
      live = null;
    }
    if (stream != null) {
      stream.close(Status.UNAVAILABLE.withDescription("closing"));
    }
  }
}
