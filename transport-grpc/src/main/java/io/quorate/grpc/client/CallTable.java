// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Refusal;
import io.quorate.grpc.codec.Records;
import io.quorate.grpc.codec.RefusalTable;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unanswered calls of one connection. A call's number here is its tag on the wire, so that
 * callers may choose their tags as they like; numbers are used again once they are free.
 *
 * <p>Invariant: every call leaves the table exactly once, and who takes it out answers it.
 */
final class CallTable {
  private static final Logger log = LoggerFactory.getLogger(CallTable.class);

  private final int callsMax;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable ReplySink[] sinks = new ReplySink[64];
  private long[] tags = new long[64];
  private boolean[] changes = new boolean[64];
  private int[] free = new int[64];
  private int freeCount;
  private int used;
  private boolean closed;

  // Of the thread that receives.
  private @Nullable ReplySink[] answered = new ReplySink[64];
  private long[] answeredTags = new long[64];
  private final Set<ReplySink> touched = Collections.newSetFromMap(new IdentityHashMap<>());

  CallTable(int callsMax) {
    this.callsMax = callsMax;
  }

  /**
   * Enters a call.
   *
   * @param changesState whether it matters that it may have been carried out unseen
   * @return its number; negative if there are too many
   */
  int add(ReplySink sink, long tag, boolean changesState) {
    lock.lock();
    try {
      int number;
      if (freeCount > 0) {
        number = free[--freeCount];
      } else if (used < callsMax) {
        number = used++;
        if (number == tags.length) {
          grow();
        }
      } else {
        return -1;
      }
      sinks[number] = sink;
      tags[number] = tag;
      changes[number] = changesState;
      return number;
    } finally {
      lock.unlock();
    }
  }

  private void grow() {
    int size = tags.length * 2;
    sinks = Arrays.copyOf(sinks, size);
    tags = Arrays.copyOf(tags, size);
    changes = Arrays.copyOf(changes, size);
    free = Arrays.copyOf(free, size);
  }

  /** Takes a call out again; false if somebody else has done so. */
  boolean remove(int number) {
    lock.lock();
    try {
      return take(number) != null;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ReplySink take(long number) {
    if (number < 0 || number >= used) {
      return null;
    }
    int slot = (int) number;
    ReplySink sink = sinks[slot];
    if (sink != null) {
      sinks[slot] = null;
      free[freeCount++] = slot;
    }
    return sink;
  }

  /**
   * Hands the answers of a frame to their callers; by the receiving thread only.
   *
   * @return how many of them answer no call
   */
  int answer(Records records) {
    int count = take(records);
    int strays = 0;
    records.rewind();
    for (int i = 0; i < count && records.advance(); i++) {
      ReplySink sink = answered[i];
      if (sink == null) {
        strays++;
        continue;
      }
      answered[i] = null;
      touched.add(sink);
      hand(sink, answeredTags[i], records);
    }
    touched.forEach(ReplySink::flush);
    touched.clear();
    return strays;
  }

  private static void hand(ReplySink sink, long tag, Records record) {
    try {
      if (record.what() == Records.What.DONE) {
        sink.done(tag, record.first(), record.second(), record.payload());
      } else {
        sink.refused(tag, RefusalTable.read(record));
      }
    } catch (RuntimeException e) {
      // The other calls of this frame are out of the table already: they must get their answers.
      log.error("an answer was not taken by its caller", e);
    }
  }

  /** All calls of a frame in one go: the lock is taken once a frame, and not held by callbacks. */
  private int take(Records records) {
    int count = 0;
    records.rewind();
    lock.lock();
    try {
      while (records.advance()) {
        if (count == answered.length) {
          answered = Arrays.copyOf(answered, count * 2);
          answeredTags = Arrays.copyOf(answeredTags, count * 2);
        }
        long number = records.tag();
        ReplySink sink = closed ? null : take(number);
        answered[count] = sink;
        answeredTags[count] = sink == null ? 0 : tags[(int) number];
        count++;
      }
    } finally {
      lock.unlock();
    }
    return count;
  }

  /** Refuses one call, if it is still there. */
  void refuse(long number, Refusal refusal) {
    ReplySink sink;
    long tag;
    lock.lock();
    try {
      sink = take(number);
      tag = sink == null ? 0 : tags[(int) number];
    } finally {
      lock.unlock();
    }
    if (sink != null) {
      sink.refused(tag, refusal);
      sink.flush();
    }
  }

  /**
   * Refuses all calls that are left.
   *
   * @param changed to those that may have changed the state
   * @param asked to the others
   */
  void refuseAll(Refusal changed, Refusal asked) {
    @Nullable ReplySink[] lastSinks;
    long[] lastTags;
    boolean[] lastChanges;
    int count;
    lock.lock();
    try {
      closed = true;
      count = used;
      lastSinks = Arrays.copyOf(sinks, count);
      lastTags = Arrays.copyOf(tags, count);
      lastChanges = Arrays.copyOf(changes, count);
      for (int i = 0; i < count; i++) {
        take(i);
      }
    } finally {
      lock.unlock();
    }
    Set<ReplySink> refused = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < count; i++) {
      ReplySink sink = lastSinks[i];
      if (sink != null) {
        refused.add(sink);
        sink.refused(lastTags[i], lastChanges[i] ? changed : asked);
      }
    }
    refused.forEach(ReplySink::flush);
  }
}
