// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of {@link ObjectStore#counters()}, under the same names in every adapter. Safe for
 * several threads.
 */
public final class ObjectCounters {
  private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** Counts one request and how it ended. */
  public void count(ObjectRequest request, ObjectResult result) {
    add(kind(request) + "." + outcome(result), 1);
    long up = bytesUp(request);
    if (up > 0) {
      add("bytes.up", up);
    }
    if (result instanceof ObjectResult.Found found && found.bytes().length > 0) {
      add("bytes.down", found.bytes().length);
    }
  }

  /** The counts so far; those that are zero are not in it. */
  public SortedMap<String, Long> snapshot() {
    SortedMap<String, Long> picture = new TreeMap<>();
    counts.forEach((name, count) -> picture.put(name, count.sum()));
    return picture;
  }

  /** The first half of a counter's name. */
  public static String kind(ObjectRequest request) {
    return switch (request) {
      case ObjectRequest.Get get -> "get";
      case ObjectRequest.Create create -> "create";
      case ObjectRequest.Replace replace -> "replace";
      case ObjectRequest.Put put -> "put";
      case ObjectRequest.Delete delete -> "delete";
      case ObjectRequest.List list -> "list";
    };
  }

  /** The second half of a counter's name. */
  public static String outcome(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Stored stored -> "stored";
      case ObjectResult.Deleted deleted -> "deleted";
      case ObjectResult.Found found -> "found";
      case ObjectResult.Unchanged unchanged -> "unchanged";
      case ObjectResult.Absent absent -> "absent";
      case ObjectResult.PreconditionFailed failed -> "precondition-failed";
      case ObjectResult.Conflict conflict -> "conflict";
      case ObjectResult.Throttled throttled -> "throttled";
      case ObjectResult.Unclear unclear -> "unclear";
      case ObjectResult.Refused refused -> "refused";
      case ObjectResult.Listed listed -> "listed";
    };
  }

  private void add(String name, long amount) {
    counts.computeIfAbsent(name, unused -> new LongAdder()).add(amount);
  }

  private static long bytesUp(ObjectRequest request) {
    return switch (request) {
      case ObjectRequest.Create create -> create.bytes().length;
      case ObjectRequest.Replace replace -> replace.bytes().length;
      case ObjectRequest.Put put -> put.bytes().length;
      case ObjectRequest.Get get -> 0;
      case ObjectRequest.Delete delete -> 0;
      case ObjectRequest.List list -> 0;
    };
  }
}
