// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.peer;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What a transport has done since its start. Safe for several threads. */
public final class TransportStats {
  final LongAdder messagesSent = new LongAdder();
  final LongAdder framesSent = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  final LongAdder messagesReceived = new LongAdder();
  final LongAdder framesReceived = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder droppedUnconnected = new LongAdder();
  final LongAdder droppedFull = new LongAdder();
  final LongAdder droppedTooLarge = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder connects = new LongAdder();

  /** Messages handed to connections. */
  public long messagesSent() {
    return messagesSent.sum();
  }

  /** Messages that arrived and could be read. */
  public long messagesReceived() {
    return messagesReceived.sum();
  }

  /** Messages dropped for whatever reason before they were sent. */
  public long dropped() {
    return droppedUnconnected.sum() + droppedFull.sum() + droppedTooLarge.sum();
  }

  /** Handshakes that succeeded. */
  public long connects() {
    return connects.sum();
  }

  /** All counters by name. */
  public SortedMap<String, Long> counters() {
    SortedMap<String, Long> counters = new TreeMap<>();
    counters.put("peer.messages.sent", messagesSent.sum());
    counters.put("peer.frames.sent", framesSent.sum());
    counters.put("peer.bytes.sent", bytesSent.sum());
    counters.put("peer.messages.received", messagesReceived.sum());
    counters.put("peer.frames.received", framesReceived.sum());
    counters.put("peer.bytes.received", bytesReceived.sum());
    counters.put("peer.dropped.unconnected", droppedUnconnected.sum());
    counters.put("peer.dropped.queue-full", droppedFull.sum());
    counters.put("peer.dropped.too-large", droppedTooLarge.sum());
    counters.put("peer.malformed", malformed.sum());
    counters.put("peer.connects", connects.sum());
    return counters;
  }
}
