// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import io.grpc.Metadata;
import io.grpc.Status;
import io.quorate.core.protocol.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the records of several threads into frames, and hands those to one stream, by one thread
 * at a time, while the stream is ready for more.
 *
 * <p>Once it is open, frames are sent by the event loop of the stream: all that is gathered until
 * the loop comes to it travels together, however often it was flushed. So the busier the loop or
 * the slower the line, the fewer and larger the messages, and nothing waits for company.
 *
 * <p>All methods may be called by any thread; none blocks but for the moment that another one needs
 * to copy a record.
 */
public final class RecordPump {
  private static final int SPARE_FRAMES_MAX = 2;

  /** The stream, as far as it is needed; called by one thread at a time. */
  public interface Wire {
    /** Whether the stream can take a frame without keeping it for long. */
    boolean isReady();

    /** Sends; the frame may be reused afterwards. */
    void write(CallFrame frame);

    /** Ends the stream, once. */
    void close(Status status, Metadata trailers);
  }

  /** What became of a record. */
  public enum Offer {
    /** It waits, or is sent. */
    TAKEN,
    /** Too much waits; nothing was kept. */
    FULL,
    /** The stream has ended; nothing was kept. */
    CLOSED
  }

  /** How to end the stream. */
  private record Ending(Status status, Metadata trailers) {}

  private final Wire wire;
  private final int frameBytes;
  private final long bytesMax;
  private final AtomicInteger drains = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Deque<Records> full = new ArrayDeque<>();
  private final Deque<Records> spare = new ArrayDeque<>();
  private Records open;
  private long bytes;
  private boolean flushed;
  private boolean stopped;

  private volatile @Nullable Executor loop; // null until open
  private volatile CallFrame.@Nullable Hello hello;
  private volatile @Nullable Ending ending;
  private volatile boolean ended;
  private boolean closed; // guarded by the drain

  /**
   * Makes a pump that holds everything back but the handshake until it is opened.
   *
   * @param frameBytes size from which a frame is sent without a flush
   * @param bytesMax what may wait; a single larger record passes if it is alone
   */
  public RecordPump(Wire wire, int frameBytes, long bytesMax) {
    this.wire = wire;
    this.frameBytes = frameBytes;
    this.bytesMax = bytesMax;
    open = new Records(frameBytes);
  }

  /** Sends the handshake, ahead of all records. */
  public void greet(CallFrame.Hello frame) {
    hello = frame;
    drain();
  }

  /**
   * Lets records pass from now on.
   *
   * @param eventLoop of the stream
   */
  public void open(Executor eventLoop) {
    loop = eventLoop;
    drain();
  }

  /** Offers a record; copies the payload. See {@link Records}. */
  public Offer offer(
      int what,
      int detail,
      long tag,
      long first,
      long second,
      long third,
      byte[] payload,
      int offset,
      int payloadBytes) {
    boolean due;
    lock.lock();
    try {
      int size = Records.sizeOf(payloadBytes);
      if (stopped) {
        return Offer.CLOSED;
      }
      if (bytes > 0 && bytes + size > bytesMax) {
        return Offer.FULL;
      }
      open.append(what, detail, tag, first, second, third, payload, offset, payloadBytes);
      due = appended(size);
    } finally {
      lock.unlock();
    }
    if (due) {
      wake();
    }
    return Offer.TAKEN;
  }

  /** Adds a refusal, however much waits: the calls that it may answer are bounded elsewhere. */
  public void refuse(long tag, Refusal refusal) {
    boolean due;
    lock.lock();
    try {
      if (stopped) {
        return;
      }
      int before = open.length();
      RefusalTable.append(open, tag, refusal);
      due = appended(open.length() - before);
    } finally {
      lock.unlock();
    }
    if (due) {
      wake();
    }
  }

  private boolean appended(int size) {
    bytes += size;
    if (open.length() < frameBytes) {
      return false;
    }
    full.add(open);
    Records reused = spare.poll();
    open = reused == null ? new Records(frameBytes) : reused;
    return true;
  }

  /** Sends what was gathered, as soon as the stream is ready. */
  public void flush() {
    lock.lock();
    try {
      flushed = true;
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** Bytes that wait. */
  public long waitingBytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Sends all that waits, ready or not, then ends the stream. */
  public void close(Status status, Metadata trailers) {
    if (ending == null) {
      ending = new Ending(status, trailers);
    }
    drain();
  }

  /**
   * The stream has ended: nothing is taken or sent any more.
   *
   * @param unsent is told the tag of each record that was surely not sent
   */
  public void ended(LongConsumer unsent) {
    ended = true;
    Deque<Records> left = new ArrayDeque<>();
    lock.lock();
    try {
      if (!stopped) {
        stopped = true;
        left.addAll(full);
        left.add(open);
        full.clear();
        open = new Records(0);
        bytes = 0;
      }
    } finally {
      lock.unlock();
    }
    for (Records records : left) {
      records.rewind();
      while (records.advance()) {
        unsent.accept(records.tag());
      }
    }
  }

  private void wake() {
    Executor eventLoop = loop;
    if (eventLoop != null && !scheduled.getAndSet(true)) {
      eventLoop.execute(() -> {
        scheduled.set(false);
        drain();
      });
    }
  }

  /** Sends what waits, as far as the stream is ready for it; to be called when it becomes so. */
  public void drain() {
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
    if (closed) {
      return;
    }
    Ending end = ending;
    if (!ended) {
      write(end != null);
    }
    if (end != null) {
      closed = true;
      wire.close(end.status(), end.trailers());
    }
  }

  private void write(boolean all) {
    CallFrame.Hello greeting = hello;
    if (greeting != null) {
      hello = null;
      wire.write(greeting);
    }
    while (loop != null && !ended && (all || wire.isReady())) {
      Records records = next(all);
      if (records == null) {
        return;
      }
      wire.write(new CallFrame.Traffic(records));
      reuse(records);
    }
  }

  private @Nullable Records next(boolean all) {
    lock.lock();
    try {
      Records next = full.poll();
      if (next == null && (flushed || all)) {
        flushed = false;
        if (open.count() > 0) {
          next = open;
          Records reused = spare.poll();
          open = reused == null ? new Records(frameBytes) : reused;
        }
      }
      if (next != null) {
        bytes -= next.length() - PeerFrameMarshaller.PREFIX_BYTES;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void reuse(Records records) {
    if (records.capacity() > 2 * frameBytes) {
      return; // a rare large record must not be paid for ever after
    }
    records.clear();
    lock.lock();
    try {
      if (spare.size() < SPARE_FRAMES_MAX) {
        spare.push(records);
      }
    } finally {
      lock.unlock();
    }
  }
}
