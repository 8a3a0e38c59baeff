// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map of which an unchanging view can be taken at once, whatever its size.
 *
 * <p>While views are open the base is not touched: changes gather in a second map on top of it.
 * When the last view is closed they move down, a few with each further change, so that no single
 * change pays for all of them. Costs: taking a view is proportional to the changes still on top
 * (none, as a rule); a look-up searches two trees instead of one until these have moved down.
 *
 * <p>One thread changes and reads the map; another one may read each view.
 *
 * @param <V> immutable values
 */
final class FreezableMap<V> {
  private static final int MOVED_WITH_EACH_CHANGE = 8;

  private final TreeMap<String, V> base = new TreeMap<>();

  /** Changes on top of the base; empty means removed. */
  private final TreeMap<String, Optional<V>> top = new TreeMap<>();

  private final AtomicInteger openViews = new AtomicInteger();
  private int size;

  int size() {
    return size;
  }

  @Nullable V get(String key) {
    Optional<V> changed = top.get(key);
    return changed != null ? changed.orElse(null) : base.get(key);
  }

  /** Sets or, with null, removes; returns what was there. */
  @Nullable V set(String key, @Nullable V value) {
    V previous = get(key);
    size += (value == null ? 0 : 1) - (previous == null ? 0 : 1);
    if (openViews.get() > 0) {
      top.put(key, Optional.ofNullable(value));
    } else {
      moveDown();
      top.remove(key);
      setBase(key, value);
    }
    return previous;
  }

  /** Entries with keys from {@code first} on, ascending. */
  Iterator<Map.Entry<String, V>> from(String first) {
    return new Merged<>(base.tailMap(first, true), top.tailMap(first, true));
  }

  /** Takes a view of the present content; it must be closed. */
  View<V> view() {
    openViews.incrementAndGet();
    return new View<>(base, new TreeMap<>(top), openViews);
  }

  private void moveDown() {
    for (int moved = 0; moved < MOVED_WITH_EACH_CHANGE; moved++) {
      Map.Entry<String, Optional<V>> change = top.pollFirstEntry();
      if (change == null) {
        return;
      }
      setBase(change.getKey(), change.getValue().orElse(null));
    }
  }

  private void setBase(String key, @Nullable V value) {
    if (value == null) {
      base.remove(key);
    } else {
      base.put(key, value);
    }
  }

  /** The content of a map at one instant. */
  static final class View<V> implements AutoCloseable {
    private final NavigableMap<String, V> base;
    private final NavigableMap<String, Optional<V>> top;
    private final AtomicInteger openViews;

    View(
        NavigableMap<String, V> base,
        NavigableMap<String, Optional<V>> top,
        AtomicInteger openViews) {
      this.base = base;
      this.top = top;
      this.openViews = openViews;
    }

    /** All entries, ascending. */
    Iterator<Map.Entry<String, V>> entries() {
      return new Merged<>(base, top);
    }

    /** Lets the map change its base again; exactly once. */
    @Override
    public void close() {
      openViews.decrementAndGet();
    }
  }

  /** The base with the changes on top of it, in one ascending order. */
  private static final class Merged<V> implements Iterator<Map.Entry<String, V>> {
    private final Iterator<Map.Entry<String, V>> lower;
    private final Iterator<Map.Entry<String, Optional<V>>> upper;
    private Map.@Nullable Entry<String, V> nextLower;
    private Map.@Nullable Entry<String, Optional<V>> nextUpper;
    private Map.@Nullable Entry<String, V> next;

    Merged(NavigableMap<String, V> base, NavigableMap<String, Optional<V>> top) {
      lower = base.entrySet().iterator();
      upper = top.entrySet().iterator();
      nextLower = lower.hasNext() ? lower.next() : null;
      nextUpper = upper.hasNext() ? upper.next() : null;
      next = advance();
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Map.Entry<String, V> next() {
      Map.Entry<String, V> result = next;
      if (result == null) {
        throw new NoSuchElementException();
      }
      next = advance();
      return result;
    }

    private Map.@Nullable Entry<String, V> advance() {
      while (nextUpper != null || nextLower != null) {
        Map.Entry<String, V> low = nextLower;
        Map.Entry<String, Optional<V>> up = nextUpper;
        int order = order(low, up);
        if (order <= 0) {
          nextLower = lower.hasNext() ? lower.next() : null;
        }
        if (order >= 0) {
          nextUpper = upper.hasNext() ? upper.next() : null;
        }
        if (order < 0) {
          return low;
        }
        if (up != null && up.getValue().isPresent()) {
          return Map.entry(up.getKey(), up.getValue().get());
        }
      }
      return null;
    }

    private static int order(
        Map.@Nullable Entry<String, ?> low, Map.@Nullable Entry<String, ?> up) {
      if (low == null) {
        return 1;
      }
      return up == null ? -1 : low.getKey().compareTo(up.getKey());
    }
  }
}
