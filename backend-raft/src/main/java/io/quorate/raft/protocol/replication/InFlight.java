// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.replication;

import io.quorate.core.check.Check;

/** Messages to one follower that it has not acknowledged: last slot and bytes of each, in order. */
final class InFlight {
  private final long[] lastSlots;
  private final long[] sizes;
  private final long bytesMax;
  private int first;
  private int count;
  private long bytes;

  InFlight(int messagesMax, long bytesMax) {
    this.lastSlots = new long[messagesMax];
    this.sizes = new long[messagesMax];
    this.bytesMax = bytesMax;
  }

  /** Whether another message must wait. One always may fly, however large. */
  boolean full() {
    return count == lastSlots.length || (count > 0 && bytes >= bytesMax);
  }

  void add(long lastSlot, long sizeBytes) {
    Check.that(count < lastSlots.length, "%s messages are in flight already", count);
    int at = (first + count) % lastSlots.length;
    lastSlots[at] = lastSlot;
    sizes[at] = sizeBytes;
    count++;
    bytes += sizeBytes;
  }

  /** Everything up to {@code slot} has arrived. */
  void acknowledge(long slot) {
    while (count > 0 && lastSlots[first] <= slot) {
      bytes -= sizes[first];
      first = (first + 1) % lastSlots.length;
      count--;
    }
  }

  void clear() {
    first = 0;
    count = 0;
    bytes = 0;
  }

  int count() {
    return count;
  }
}
