// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Receipt;
import io.quorate.api.ReplicatedLog;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.api.error.Closed;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Clock;
import io.quorate.core.protocol.Now;
import io.quorate.core.session.KeepAlive;
import io.quorate.core.session.Nonce;
import io.quorate.core.session.OpenSession;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client of one group, beside a replica or remote: finds the leader, retries what is safe to
 * retry, and tells the caller what it cannot know. Safe for several threads; its timers run as one
 * actor.
 */
public final class LogClient implements ReplicatedLog, Actor {
  private static final long PATROL_NANOS = 50_000_000;

  private record Retry(long dueNanos, long order, OneShot call) {}

  private record Expected(OneShot call, long attempt, long dueNanos) {}

  private final GatewayDirectory directory;
  private final Clock clock;
  private final ClientOptions options;
  private final RandomGenerator random;
  private final Route route;
  private final Object lock = new Object();
  private final PriorityQueue<Retry> retries =
      new PriorityQueue<>((a, b) ->
          a.dueNanos != b.dueNanos
              ? Long.compare(a.dueNanos, b.dueNanos)
              : Long.compare(a.order, b.order));
  private final ArrayDeque<Expected> expected = new ArrayDeque<>();
  private final ArrayDeque<OneShot> open = new ArrayDeque<>();
  private final List<ClientSession> sessions = new ArrayList<>();
  private long order;
  private int nearest;
  private boolean closed;
  private volatile ActorHost.@Nullable Handle handle;

  private LogClient(
      GatewayDirectory directory, Clock clock, ClientOptions options, RandomGenerator random) {
    this.directory = directory;
    this.clock = clock;
    this.options = options;
    this.random = random;
    this.route = new Route(directory);
  }

  /**
   * Begins to serve callers.
   *
   * @param directory taken over, closed with the client
   * @param random for nonces and jitter; nonces must never repeat between clients
   */
  public static LogClient start(
      GatewayDirectory directory,
      Clock clock,
      ActorHost host,
      ClientOptions options,
      RandomGenerator random) {
    LogClient client = new LogClient(directory, clock, options, random);
    client.handle =
        host.host(
            "quorate-client", client, failure -> client.giveUpAll("the client failed: " + failure));
    client.wake();
    return client;
  }

  @Override
  public CompletableFuture<Session> openSession(SessionOptions sessionOptions) {
    Nonce nonce;
    synchronized (lock) {
      nonce = new Nonce(random.nextLong(), random.nextLong());
    }
    byte[] payload = OpenSession.request(nonce, sessionOptions);
    return submitPlain(CommandKind.OPEN_SESSION, payload)
        .thenApply(receipt -> {
          OpenSession.Opened opened = OpenSession.decodeResult(receipt.result());
          return adopt(opened.session(), Duration.ofNanos(opened.ttlNanos()), 1);
        });
  }

  /**
   * Takes up a session that another process opened and that did not expire, to go on with its
   * numbers.
   *
   * @param expireAfter silence that the session survives, as it was opened
   * @param nextSequence sequence number of the next command; a number that was used before is
   *     answered with the result of its command
   */
  public Session resumeSession(long id, Duration expireAfter, long nextSequence) {
    return adopt(id, expireAfter, nextSequence);
  }

  private Session adopt(long id, Duration expireAfter, long nextSequence) {
    ClientSession session =
        new ClientSession(this, id, expireAfter, nextSequence, clock, options, split());
    synchronized (lock) {
      sessions.add(session);
    }
    wake();
    return session;
  }

  @Override
  public CompletableFuture<Receipt> submitIdempotent(byte[] command) {
    return submitPlain(CommandKind.PLAIN, command);
  }

  /** Tells the group that a session is alive although it has nothing to say. */
  CompletableFuture<Receipt> keepAlive(long session) {
    return submitPlain(CommandKind.KEEP_ALIVE, KeepAlive.encode(new long[] {session}, 1));
  }

  private CompletableFuture<Receipt> submitPlain(CommandKind kind, byte[] payload) {
    return call(
        (gateway, sink, tag) ->
            gateway.submit(kind, 0, 0, 0, payload, 0, payload.length, sink, tag),
        false);
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query, ReadConsistency consistency) {
    boolean anyReplica =
        consistency instanceof ReadConsistency.Local
            || consistency instanceof ReadConsistency.Bounded;
    return call((gateway, sink, tag) -> gateway.read(consistency, query, sink, tag), anyReplica)
        .thenApply(Receipt::result);
  }

  private CompletableFuture<Receipt> call(OneShot.Request request, boolean anyReplica) {
    long now = clock.now().monotonicNanos();
    OneShot call =
        new OneShot(this, request, anyReplica, now + options.timeout().toNanos(), newBackoff());
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedFuture(new Closed("the client is closed"));
      }
      open.add(call);
    }
    call.send(now);
    return call.future();
  }

  /** Ends all calls and connections; sessions stay open in the group until they expire. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    ActorHost.Handle own = handle;
    if (own != null) {
      own.close();
    }
    giveUpAll("the client was closed");
    directory.close();
  }

  @Override
  public long turn(Now now) {
    List<OneShot> due = new ArrayList<>();
    List<Expected> silent = new ArrayList<>();
    List<ClientSession> live;
    synchronized (lock) {
      while (!retries.isEmpty() && retries.peek().dueNanos <= now.monotonicNanos()) {
        due.add(retries.remove().call);
      }
      while (!expected.isEmpty() && expected.peek().dueNanos <= now.monotonicNanos()) {
        silent.add(expected.remove());
      }
      live = List.copyOf(sessions);
    }
    for (Expected each : silent) {
      each.call.onSilence(each.attempt);
    }
    for (OneShot call : due) {
      if (!call.expire(now.monotonicNanos())) {
        call.send(now.monotonicNanos());
      }
    }
    long next = Long.MAX_VALUE;
    List<ClientSession> ended = new ArrayList<>();
    for (ClientSession session : live) {
      next = Math.min(next, session.turn(now));
      if (session.ended()) {
        ended.add(session);
      }
    }
    synchronized (lock) {
      for (Iterator<OneShot> each = open.iterator(); each.hasNext(); ) {
        if (!each.next().expire(now.monotonicNanos())) {
          break; // all have the same timeout: the first is due first
        }
        each.remove();
      }
      sessions.removeAll(ended);
      if (!retries.isEmpty()) {
        next = Math.min(next, retries.peek().dueNanos);
      }
      if (!open.isEmpty()) {
        next = Math.min(next, now.monotonicNanos() + PATROL_NANOS);
      }
    }
    return next;
  }

  Route route() {
    return route;
  }

  void wake() {
    ActorHost.Handle own = handle;
    if (own != null) {
      own.wake();
    }
  }

  /** The replica asked for reads that any can serve. */
  NodeId nearest() {
    synchronized (lock) {
      List<NodeId> nodes = directory.nodes();
      return nodes.get(nearest % nodes.size());
    }
  }

  boolean leaveNearest(NodeId asked) {
    synchronized (lock) {
      if (asked.equals(nearest())) {
        nearest++;
      }
      return true;
    }
  }

  long attemptTimeoutNanos() {
    return options.attemptTimeout().toNanos();
  }

  void expectAnswer(OneShot call, long attempt, long nowNanos) {
    synchronized (lock) {
      // Whoever was answered leaves at the front, so that the queue holds what is in flight.
      while (!expected.isEmpty() && expected.peek().call.future().isDone()) {
        expected.remove();
      }
      while (!open.isEmpty() && open.peek().future().isDone()) {
        open.remove();
      }
      expected.add(new Expected(call, attempt, nowNanos + options.attemptTimeout().toNanos()));
    }
    if (expectedFirst()) {
      wake();
    }
  }

  private boolean expectedFirst() {
    synchronized (lock) {
      return expected.size() == 1;
    }
  }

  void retryLater(OneShot call, long pauseNanos) {
    synchronized (lock) {
      retries.add(new Retry(clock.now().monotonicNanos() + pauseNanos, order++, call));
    }
    wake();
  }

  Backoff newBackoff() {
    return new Backoff(options, random);
  }

  private RandomGenerator split() {
    synchronized (lock) {
      return new SplittableRandom(random.nextLong());
    }
  }

  private void giveUpAll(String why) {
    List<OneShot> calls;
    List<ClientSession> live;
    synchronized (lock) {
      calls = List.copyOf(open);
      open.clear();
      live = List.copyOf(sessions);
      sessions.clear();
    }
    for (OneShot call : calls) {
      call.giveUp(why);
    }
    for (ClientSession session : live) {
      session.giveUp(why);
    }
  }
}
