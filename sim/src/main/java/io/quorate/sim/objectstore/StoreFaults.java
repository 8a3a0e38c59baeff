// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import io.quorate.api.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What is wrong with a store, and with the ways to it, at this instant. Faults of one kind add up;
 * each is taken back by whoever brought it, all by {@link #heal}.
 */
public final class StoreFaults {
  /** Keys fall into so many partitions, by hash. */
  public static final int PARTITIONS = 8;

  /**
   * Some keys take longer.
   *
   * @param keys part of their text, {@code p.3} for the fourth partition, or "-" for all
   */
  private record Slow(String keys, long delayNanos) {
    boolean concerns(String key) {
      return keys.equals("-") || key.contains(keys) || keys.equals(partition(key));
    }
  }

  private final TreeMap<NodeId, Integer> cut = new TreeMap<>();
  private final List<Slow> slow = new ArrayList<>();
  private int outages;
  private double errorRate;
  private double lostRate;
  private double lateRate;
  private double conflictRate;
  private long requestsPerSecond;
  private double tokens;
  private long refilledNanos;

  StoreFaults() {}

  /** The partition of a key, as scripts name it. */
  public static String partition(String key) {
    return "p." + Math.floorMod(key.hashCode() * 0x9e3779b9 >>> 7, PARTITIONS);
  }

  /** Nobody reaches the store, until as many {@link #outageEnds}. */
  public void outageBegins() {
    outages++;
  }

  /** Ends one outage. */
  public void outageEnds() {
    outages = Math.max(0, outages - 1);
  }

  /** A replica does not reach the store, until as many {@link #mend}. */
  public void cut(NodeId node) {
    cut.merge(node, 1, Integer::sum);
  }

  /** Ends one cut. */
  public void mend(NodeId node) {
    cut.computeIfPresent(node, (n, count) -> count == 1 ? null : count - 1);
  }

  /** Some keys take longer: part of their text, {@code p.3} for a partition, "-" for all. */
  public void slow(String keys, long delayNanos) {
    slow.add(new Slow(keys, delayNanos));
  }

  /** Ends what {@link #slow} began. */
  public void fast(String keys, long delayNanos) {
    slow.remove(new Slow(keys, delayNanos));
  }

  /** Changes the share of requests that end with 500, executed or not. */
  public void err(double rate) {
    errorRate = Math.max(0, errorRate + rate);
  }

  /** Changes the share of requests of which the request or the answer is lost. */
  public void lose(double rate) {
    lostRate = Math.max(0, lostRate + rate);
  }

  /** Changes the share of writes that are executed after their sender gave up waiting. */
  public void delayBeyondTimeout(double rate) {
    lateRate = Math.max(0, lateRate + rate);
  }

  /** Changes the share of writes that meet another one for their key and are told 409. */
  public void conflict(double rate) {
    conflictRate = Math.max(0, conflictRate + rate);
  }

  /** Requests beyond so many a second are told 503; 0: no limit. */
  public void throttle(long perSecond) {
    requestsPerSecond = perSecond;
    tokens = 0;
  }

  /** Ends everything. */
  void heal() {
    cut.clear();
    slow.clear();
    outages = 0;
    errorRate = 0;
    lostRate = 0;
    lateRate = 0;
    conflictRate = 0;
    requestsPerSecond = 0;
  }

  boolean reaches(NodeId node) {
    return outages == 0 && !cut.containsKey(node);
  }

  long delayNanos(String key) {
    long delay = 0;
    for (Slow each : slow) {
      if (each.concerns(key)) {
        delay += each.delayNanos();
      }
    }
    return delay;
  }

  double errorRate() {
    return errorRate;
  }

  double lostRate() {
    return lostRate;
  }

  double lateRate() {
    return lateRate;
  }

  double conflictRate() {
    return conflictRate;
  }

  /** Whether the limit leaves room for one more request now. */
  boolean admits(long nowNanos) {
    if (requestsPerSecond == 0) {
      return true;
    }
    double elapsed = (nowNanos - refilledNanos) / 1e9;
    refilledNanos = nowNanos;
    tokens = Math.min(1 + requestsPerSecond / 10.0, tokens + elapsed * requestsPerSecond);
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }
}
