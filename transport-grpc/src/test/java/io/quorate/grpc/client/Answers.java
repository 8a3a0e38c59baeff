// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Refusal;
import io.quorate.grpc.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps the answers of a gateway, and notices a call that is answered twice. */
final class Answers implements ReplySink {
  private final Map<Long, byte[]> results = new TreeMap<>();
  private final Map<Long, Refusal> refusals = new TreeMap<>();
  private final List<Long> order = new ArrayList<>();
  private final List<Long> twice = new ArrayList<>();
  private int count;
  private int flushed;

  @Override
  public synchronized void done(long tag, long index, long epoch, byte[] result) {
    if (results.put(tag, result) != null || refusals.containsKey(tag)) {
      twice.add(tag);
    }
    order.add(tag);
    count++;
  }

  @Override
  public synchronized void refused(long tag, Refusal refusal) {
    if (refusals.put(tag, refusal) != null || results.containsKey(tag)) {
      twice.add(tag);
    }
    count++;
  }

  @Override
  public synchronized void flush() {
    flushed = count;
  }

  void await(int calls) {
    Await.until(calls + " answers came", () -> flushed() >= calls);
  }

  synchronized int flushed() {
    return flushed;
  }

  synchronized int count() {
    return count;
  }

  synchronized Map<Long, byte[]> results() {
    return new TreeMap<>(results);
  }

  synchronized Map<Long, Refusal> refusals() {
    return new TreeMap<>(refusals);
  }

  synchronized List<Long> order() {
    return List.copyOf(order);
  }

  synchronized List<Long> twice() {
    return List.copyOf(twice);
  }
}
