// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import io.quorate.api.ReadConsistency;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Gateway;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.grpc.Backoff;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.EventLoops;
import io.quorate.grpc.codec.Records;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * A replica's door for clients elsewhere: one connection to one endpoint, made anew with growing
 * waits when it is lost.
 *
 * <p>Calls are gathered until {@link #flush}, or until a frame is full, or while the connection
 * cannot take more; they arrive in the order in which one thread made them. Answers come on an
 * event loop of this module, so sinks must not block.
 *
 * <p>When a connection breaks, every call on it that has no answer is refused: commands that may
 * have been sent with {@link RefusalCode#INDETERMINATE}; what surely was not, and reads, with
 * {@link RefusalCode#NOT_READY}. Without a connection calls are refused at once with {@link
 * RefusalCode#NOT_READY}, whose text says why; {@link #problem()} says it in types. What exceeds
 * {@link ClientConfig.Limits} is refused with {@link RefusalCode#OVERLOADED} and not sent.
 */
public final class GrpcGateway implements Gateway, AutoCloseable {
  private static final byte[] NOTHING = {};

  private final ClientConfig config;
  private final Endpoint endpoint;
  private final Backoff backoff;
  private volatile @Nullable ClientStream stream;
  private volatile @Nullable ConnectionProblem problem;
  private volatile boolean dialled;
  private volatile boolean closed;
  private int attempts; // guarded by this
  private @Nullable ScheduledFuture<?> retry; // guarded by this

  private GrpcGateway(ClientConfig config, Endpoint endpoint) {
    this.config = config;
    this.endpoint = endpoint;
    backoff = new Backoff(config.limits().backoffMin(), config.limits().backoffMax());
  }

  /** A gateway that connects at its first call, and stays connected from then on. */
  public static GrpcGateway to(ClientConfig config, Endpoint endpoint) {
    return new GrpcGateway(config, endpoint);
  }

  /** Begins to connect; returns at once, and calls may follow at once. */
  public static GrpcGateway connect(ClientConfig config, Endpoint endpoint) {
    GrpcGateway gateway = new GrpcGateway(config, endpoint);
    gateway.dialFirst();
    return gateway;
  }

  /** Where it connects to. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * What the replica said at the handshake of the present attempt or connection; fails with {@link
   * ConnectionFailed} if there is none. Completes on an event loop.
   */
  public CompletableFuture<Welcome> welcome() {
    ClientStream present = present();
    if (present != null) {
      return present.welcome().copy();
    }
    return CompletableFuture.failedFuture(
        new ConnectionFailed(
            problem().orElse(new ConnectionProblem(ConnectionProblem.Kind.UNREACHABLE, lost()))));
  }

  /**
   * Why the last attempt to connect failed; empty if it succeeded, or goes on for the first time.
   */
  public Optional<ConnectionProblem> problem() {
    return connected() ? Optional.empty() : Optional.ofNullable(problem);
  }

  /** Whether a handshake succeeded and the connection was not lost since. */
  public boolean connected() {
    ClientStream present = stream;
    return present != null
        && present.welcome().isDone()
        && !present.welcome().isCompletedExceptionally();
  }

  private @Nullable ClientStream present() {
    if (!dialled) {
      dialFirst();
    }
    return stream;
  }

  private synchronized void dialFirst() {
    if (!dialled) {
      dialled = true;
      dial();
    }
  }

  private synchronized void dial() {
    if (!closed) {
      ClientStream next = new ClientStream(config, endpoint, attempts++, this::onEnd);
      stream = next;
      next.start();
    }
  }

  private synchronized void onEnd(
      ClientStream ended, @Nullable ConnectionProblem why, long lastedNanos) {
    if (stream == ended) {
      stream = null;
    }
    problem = why;
    if (!closed) {
      retry = EventLoops.shared().schedule(this::dial, backoff.afterNanos(lastedNanos));
    }
  }

  @Override
  public void submit(
      CommandKind kind,
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      ReplySink sink,
      long tag) {
    ClientStream present = present();
    if (present == null) {
      ClientStream.refuse(sink, tag, unconnected());
      return;
    }
    present.offer(
        Records.What.COMMAND,
        kind.number(),
        session,
        sequence,
        acknowledgedBelow,
        payload,
        offset,
        payloadBytes,
        sink,
        tag,
        true);
  }

  @Override
  public void read(ReadConsistency consistency, byte[] query, ReplySink sink, long tag) {
    switch (consistency) {
      case ReadConsistency.Linearizable linearizable -> read(1, 0, query, sink, tag);
      case ReadConsistency.Lease lease -> read(2, 0, query, sink, tag);
      case ReadConsistency.Bounded bounded ->
          read(3, bounded.maxStaleness().toNanos(), query, sink, tag);
      case ReadConsistency.Local local -> read(4, local.minIndex(), query, sink, tag);
    }
  }

  private void read(int freshness, long argument, byte[] query, ReplySink sink, long tag) {
    offer(Records.What.READ, freshness, argument, query, sink, tag, false);
  }

  @Override
  public void admin(AdminCommand command, ReplySink sink, long tag) {
    switch (command) {
      case AdminCommand.TransferLeadership transfer -> {
        var target = transfer.target();
        byte[] name = target == null ? NOTHING : target.value().getBytes(StandardCharsets.UTF_8);
        offer(Records.What.ADMIN, 1, 0, name, sink, tag, true);
      }
      case AdminCommand.TakeSnapshot snapshot ->
          offer(Records.What.ADMIN, 2, 0, NOTHING, sink, tag, true);
    }
  }

  private void offer(
      int what,
      int detail,
      long first,
      byte[] payload,
      ReplySink sink,
      long tag,
      boolean changesState) {
    ClientStream present = present();
    if (present == null) {
      ClientStream.refuse(sink, tag, unconnected());
      return;
    }
    present.offer(what, detail, first, 0, 0, payload, 0, payload.length, sink, tag, changesState);
  }

  private Refusal unconnected() {
    if (closed) {
      return Refusal.of(RefusalCode.CLOSED, "the client is closed");
    }
    ConnectionProblem why = problem;
    return Refusal.of(RefusalCode.NOT_READY, why == null ? lost() : why.text());
  }

  private String lost() {
    return "there is no connection to " + endpoint + " at the moment";
  }

  @Override
  public void flush() {
    ClientStream present = stream;
    if (present != null) {
      present.flush();
    }
  }

  /** Refuses what is unanswered, and ends the connection without waiting. */
  @Override
  public void close() {
    ClientStream last;
    synchronized (this) {
      closed = true;
      last = stream;
      stream = null;
      if (retry != null) {
        retry.cancel(false);
      }
    }
    if (last != null) {
      last.close();
    }
  }
}
