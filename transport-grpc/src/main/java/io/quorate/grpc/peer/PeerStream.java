// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import io.grpc.Status;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.grpc.codec.PeerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a peer, from either side: takes messages from any thread, and hands them to
 * gRPC, which wants one caller at a time, while it is ready to take more. That is done by the event
 * loop of the connection, so that what several turns of a replica send may travel together.
 *
 * <p>What waits is bounded in bytes. Beyond that the newest message is dropped: what the peer gets
 * is then a beginning of what was sent, which every protocol can use, and a stalled peer is not fed
 * from the middle when it wakes up.
 */
final class PeerStream {
  /** How much gRPC may hold for a slow line before it is not ready for more. */
  static final int READY_BELOW_BYTES = 1 << 20;

  /** The two kinds of gRPC calls, as far as they are needed; called by one thread at a time. */
  interface Wire {
    boolean isReady();

    void write(PeerFrame frame);

    /** Asks for one more frame. */
    void request();

    /** Ends the call, once. */
    void close(Status status);
  }

  private final Wire wire;
  private final PeerConfig.Limits limits;
  private final TransportStats stats;
  private final Queue<WireMessage> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicInteger drains = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile @Nullable Executor loop;
  private volatile PeerFrame.@Nullable Hello hello;
  private volatile @Nullable Status closing;
  private volatile boolean ended;
  private boolean closed;

  PeerStream(Wire wire, PeerConfig.Limits limits, TransportStats stats) {
    this.wire = wire;
    this.limits = limits;
    this.stats = stats;
  }

  /** Sends the handshake, ahead of all messages. */
  void greet(PeerFrame.Hello frame) {
    hello = frame;
    drain();
  }

  /** Names the event loop of the connection; called when the handshake is over. */
  void open(Executor eventLoop) {
    loop = eventLoop;
  }

  /** Sends soon what was offered. */
  void flush() {
    Executor eventLoop = loop;
    if (eventLoop != null && !scheduled.getAndSet(true)) {
      eventLoop.execute(() -> {
        scheduled.set(false);
        drain();
      });
    }
  }

  /** Takes a message or drops it; nothing is sent before {@link #flush}. */
  void offer(WireMessage message) {
    long size = message.sizeBytes();
    if (size > limits.messageBytesMax() - 1024L - 4L * message.attachments().size()) {
      stats.droppedTooLarge.increment();
      return;
    }
    long before = queuedBytes.getAndAdd(size);
    if (ended || (before > 0 && before + size > limits.queueBytesMax())) {
      queuedBytes.addAndGet(-size);
      (ended ? stats.droppedUnconnected : stats.droppedFull).increment();
      return;
    }
    queue.add(message);
  }

  /** Bytes that wait. */
  long queuedBytes() {
    return queuedBytes.get();
  }

  /** Asks for one more frame from the peer; on the stream's event loop only. */
  void request() {
    wire.request();
  }

  /** Ends the connection; from any thread. */
  void close(Status status) {
    if (closing == null) {
      closing = status;
    }
    drain();
  }

  /** The connection has ended; what waits is dropped. */
  void ended() {
    ended = true;
    drain();
  }

  /** Sends what waits, as far as gRPC is ready for it; from any thread. */
  void drain() {
    if (drains.getAndIncrement() != 0) {
      return; // who is at it sees the new number, and goes around once more
    }
    int seen = 1;
    do {
      turn();
      seen = drains.addAndGet(-seen);
    } while (seen != 0);
  }

  private void turn() {
    if (closed || ended) {
      drop();
      return;
    }
    PeerFrame.Hello greeting = hello;
    if (greeting != null) {
      hello = null;
      wire.write(greeting);
    }
    Status status = closing;
    if (status != null) {
      closed = true;
      wire.close(status);
      drop();
      return;
    }
    while (wire.isReady()) {
      List<WireMessage> messages = next();
      if (messages.isEmpty()) {
        return;
      }
      wire.write(new PeerFrame.Messages(messages));
    }
  }

  private List<WireMessage> next() {
    List<WireMessage> messages = new ArrayList<>();
    long bytes = 0;
    for (WireMessage m = queue.peek(); m != null; m = queue.peek()) {
      if (!messages.isEmpty() && bytes + m.sizeBytes() > limits.frameBytesMax()) {
        break;
      }
      queue.remove();
      messages.add(m);
      bytes += m.sizeBytes();
    }
    if (!messages.isEmpty()) {
      queuedBytes.addAndGet(-bytes);
      stats.framesSent.increment();
      stats.messagesSent.add(messages.size());
      stats.bytesSent.add(bytes);
    }
    return messages;
  }

  private void drop() {
    for (WireMessage m = queue.poll(); m != null; m = queue.poll()) {
      queuedBytes.addAndGet(-m.sizeBytes());
      stats.droppedUnconnected.increment();
    }
  }
}
