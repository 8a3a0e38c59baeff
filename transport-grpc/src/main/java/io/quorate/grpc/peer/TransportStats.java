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
    counters.put("peer_messages_sent", messagesSent.sum());
    counters.put("peer_frames_sent", framesSent.sum());
    counters.put("peer_bytes_sent", bytesSent.sum());
    counters.put("peer_messages_received", messagesReceived.sum());
    counters.put("peer_frames_received", framesReceived.sum());
    counters.put("peer_bytes_received", bytesReceived.sum());
    counters.put("peer_dropped_unconnected", droppedUnconnected.sum());
    counters.put("peer_dropped_queue_full", droppedFull.sum());
    counters.put("peer_dropped_too_large", droppedTooLarge.sum());
    counters.put("peer_malformed", malformed.sum());
    counters.put("peer_connects", connects.sum());
    return counters;
  }
}
