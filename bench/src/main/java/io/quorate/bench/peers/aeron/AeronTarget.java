// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.aeron;

import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.driver.MediaDriver;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.Header;
import io.quorate.api.error.Indeterminate;
import io.quorate.api.error.Overloaded;
import io.quorate.bench.compare.GroupSetup;
import io.quorate.bench.compare.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The load on Aeron Cluster: one client of its own, which finds the leader and is told of a new
 * one, owned by one thread. A call that it did not take was surely not applied; one that it took
 * and that was not answered before another leader came, or in time, is unclear and not repeated,
 * since the cluster would not recognize it.
 */
final class AeronTarget implements Target, EgressListener {
  private static final long CALL_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
  private static final long KEEP_ALIVE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long CLOSE_MILLIS_MAX = 20_000;

  /** Longer than the cluster needs for another leader with its defaults. */
  private static final long NEW_LEADER_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

  /** So that answers are read between calls. */
  private static final int OFFERS_MAX = 64;

  private final GroupSetup setup;
  private final ManyToOneConcurrentLinkedQueue<Call> waiting =
      new ManyToOneConcurrentLinkedQueue<>();
  private final Long2ObjectHashMap<Call> taken = new Long2ObjectHashMap<>();
  private final ExpandableArrayBuffer out = new ExpandableArrayBuffer();
  private final IdleStrategy idle = new BackoffIdleStrategy();
  private final Thread owner;
  private @Nullable Call next;
  private long numbers;
  private long keptAlive;
  private volatile boolean closing;

  /** A call on its way; its fields but for the answer are the owner's once it waits. */
  private static final class Call {
    private final byte kind;
    private final byte[] body;
    private final long deadlineNanos = System.nanoTime() + CALL_NANOS_MAX;
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

    Call(byte kind, byte[] body) {
      this.kind = kind;
      this.body = body;
    }

    boolean isLate(long now) {
      return now - deadlineNanos > 0;
    }

    void refuse() {
      answer.completeExceptionally(
          new Overloaded("the cluster did not take the call", Duration.ofMillis(5)));
    }

    void unclear(String why) {
      answer.completeExceptionally(new Indeterminate(why));
    }
  }

  AeronTarget(GroupSetup setup) {
    this.setup = setup;
    this.owner = Thread.ofPlatform().name("aeron-client").daemon().start(this::run);
  }

  @Override
  public void open(int clients) {}

  @Override
  public CompletableFuture<byte[]> write(int client, byte[] command) {
    return send(new Call(Message.COMMAND, command));
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query) {
    return readLinearizable(query);
  }

  @Override
  public CompletableFuture<byte[]> readLinearizable(byte[] query) {
    return send(new Call(Message.QUERY, query));
  }

  private CompletableFuture<byte[]> send(Call call) {
    waiting.offer(call);
    if (!owner.isAlive()) {
      call.refuse();
    }
    return call.answer;
  }

  @Override
  public void close() {
    closing = true;
    try {
      owner.join(CLOSE_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (MediaDriver driver =
        MediaDriver.launch(AeronPeer.driver(AeronPeer.driverFolder(setup, "client")))) {
      while (!closing) {
        try (AeronCluster client = connected(driver.aeronDirectoryName())) {
          if (client != null) {
            serve(client);
          }
        } catch (AeronException e) {
          AeronPeer.LOG.debug("the client of the cluster failed", e);
        }
        giveUp("the session of the client ended");
      }
    } finally {
      giveUp("the client was closed");
      for (Call call = head(); call != null; call = head()) {
        next = null;
        call.refuse();
      }
    }
  }

  /** A client with a session; null if it was closed before. */
  private @Nullable AeronCluster connected(String driver) {
    AeronCluster.Context context =
        new AeronCluster.Context()
            .aeronDirectoryName(driver)
            .ingressChannel(AeronPeer.CLIENT_CHANNEL)
            .ingressEndpoints(AeronPeer.ingressEndpoints(setup))
            .egressChannel(AeronPeer.CLIENT_CHANNEL + "|endpoint=127.0.0.1:0")
            .egressListener(this)
            .newLeaderTimeoutNs(NEW_LEADER_NANOS_MAX)
            .errorHandler(AeronPeer.QUIET);
    try (AeronCluster.AsyncConnect connecting = AeronCluster.asyncConnect(context)) {
      while (!closing) {
        AeronCluster client = connecting.poll();
        if (client != null) {
          return client;
        }
        refuseLate(System.nanoTime());
        idle.idle(0);
      }
      return null;
    }
  }

  private void serve(AeronCluster client) {
    while (!closing && !client.isClosed()) {
      int work = client.pollEgress() + offer(client);
      long now = System.nanoTime();
      if (now - keptAlive > KEEP_ALIVE_NANOS) {
        keptAlive = now;
        client.sendKeepAlive();
        endLate(now);
      }
      idle.idle(work);
    }
  }

  /** Hands calls to the cluster, as many as it takes. */
  private int offer(AeronCluster client) {
    int offered = 0;
    for (Call call = head(); call != null && offered < OFFERS_MAX; call = head()) {
      long number = numbers + 1;
      if (client.offer(out, 0, Message.call(out, number, call.kind, call.body)) <= 0) {
        return offered;
      }
      numbers = number;
      taken.put(number, call);
      next = null;
      offered++;
    }
    return offered;
  }

  /** The call that is to go next; stays so until it is taken or refused. */
  private @Nullable Call head() {
    if (next == null) {
      next = waiting.poll();
    }
    return next;
  }

  private void refuseLate(long now) {
    for (Call call = head(); call != null && call.isLate(now); call = head()) {
      next = null;
      call.refuse();
    }
  }

  private void endLate(long now) {
    refuseLate(now);
    List<Call> late = new ArrayList<>();
    taken
        .values()
        .removeIf(call -> {
          boolean isLate = call.isLate(now);
          if (isLate) {
            late.add(call);
          }
          return isLate;
        });
    late.forEach(call -> call.unclear("no answer came in time"));
  }

  /** Ends all that the cluster has taken. */
  private void giveUp(String why) {
    List<Call> all = new ArrayList<>(taken.values());
    taken.clear();
    all.forEach(call -> call.unclear(why));
  }

  @Override
  public void onMessage(
      long session, long timestamp, DirectBuffer buffer, int offset, int length, Header header) {
    Call call = taken.remove(Message.number(buffer, offset));
    if (call != null) {
      call.answer.complete(Message.bodyOfAnswer(buffer, offset, length));
    }
  }

  /** What the last leader took and did not answer, nobody will answer. */
  @Override
  public void onNewLeader(long session, long term, int leader, String ingressEndpoints) {
    giveUp("another leader came before the answer");
  }
}
