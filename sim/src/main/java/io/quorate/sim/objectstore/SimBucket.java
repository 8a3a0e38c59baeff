// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import io.quorate.api.NodeId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.World;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a store of objects holds, and who is under way to it. Each request is executed at one
 * instant, wholly; answers are exact. It never loses what it has acknowledged.
 *
 * <p>ETags are hashes of the content, as those of the real store mostly are: equal bytes have equal
 * ETags, so that a writer who relies on anything else is found out.
 */
public final class SimBucket {
  private final World world;
  private final StoreOptions options;
  private final SimRandom random;
  private final StoreFaults faults = new StoreFaults();
  private final TreeMap<String, byte[]> objects = new TreeMap<>();
  private final TreeMap<String, Integer> writersUnderWay = new TreeMap<>();
  private final List<Hold> holds = new ArrayList<>();
  private final List<BucketInvariant> watchers = new ArrayList<>();
  private long requests;

  /** An empty store. */
  public SimBucket(World world, StoreOptions options) {
    this.world = world;
    this.options = options;
    this.random = world.random("bucket");
  }

  /** Adds somebody who sees everything. */
  public void watch(BucketInvariant watcher) {
    watchers.add(watcher);
    watcher.attach(world, this);
  }

  /** The store as one incarnation of a replica reaches it. */
  public SimObjectStore open(NodeId node, int incarnation, CrashSwitch power) {
    return new SimObjectStore(
        world, this, node, power, incarnation, random.child(node + "/" + incarnation));
  }

  /** What it was made of. */
  public StoreOptions options() {
    return options;
  }

  /** What is wrong with it. */
  public StoreFaults faults() {
    return faults;
  }

  /** What is stored under a key; null: nothing. Not to be written to. */
  public byte @Nullable [] get(String key) {
    return objects.get(key);
  }

  /** All that is stored, by key. */
  public SortedMap<String, byte[]> objects() {
    return Collections.unmodifiableSortedMap(objects);
  }

  /** Whether a write for this key was sent, and neither executed nor given up by its sender. */
  public boolean writeUnderWay(String key) {
    return writersUnderWay.containsKey(key);
  }

  /** Requests sent so far. */
  public long requests() {
    return requests;
  }

  /** Puts something there without asking anybody, as an operator could; for stories. */
  public void plant(String key, byte @Nullable [] bytes) {
    if (bytes == null) {
      objects.remove(key);
    } else {
      objects.put(key, bytes);
    }
  }

  // The adversary.

  /** Catches the next request of this kind. */
  public Hold holdNext(Predicate<SimRequest> which) {
    return hold(which, 1);
  }

  /** Catches up to so many requests of this kind. */
  public Hold hold(Predicate<SimRequest> which, int most) {
    Hold hold = new Hold(this, which, most);
    holds.add(hold);
    return hold;
  }

  /** Ends all faults; what is held anywhere is executed soon, in any order. */
  public void heal() {
    faults.heal();
    for (Hold hold : holds) {
      hold.close();
      while (hold.holds()) {
        SimRequest late = hold.takeFirst();
        world.after(random.below(50_000_000), () -> executeAndAnswer(late));
      }
    }
    holds.clear();
  }

  // The way of a request.

  SimRequest begin(
      NodeId node, int incarnation, ObjectRequest request, ObjectStore.Listener listener) {
    SimRequest sent = new SimRequest(++requests, node, incarnation, request, listener);
    if (sent.mutates()) {
      writersUnderWay.merge(sent.key(), 1, Integer::sum);
    }
    world.tell(TraceKind.STORE, node.value(), null, new Shown(sent, "", null), sent.id());
    guarded(() -> watchers.forEach(watcher -> watcher.onSent(sent)));
    return sent;
  }

  boolean caught(SimRequest request) {
    for (Hold hold : holds) {
      if (hold.catches(request)) {
        world.coverage().hit("store.held " + request.word());
        return true;
      }
    }
    return false;
  }

  /** Executes a request, now; returns what its sender ought to be told. */
  ObjectResult execute(SimRequest sent) {
    boolean late = sent.answered();
    boolean met = sent.mutates() && writersUnderWay.getOrDefault(sent.key(), 0) > (late ? 0 : 1);
    settle(sent);
    byte[] before = objects.get(sent.key());
    ObjectResult result;
    double conflicts = options.conflictRate() + faults.conflictRate();
    if (met && random.chance(conflicts)) {
      result = new ObjectResult.Conflict();
    } else {
      result = carryOut(sent.request(), before);
    }
    Execution done = new Execution(sent, before, objects.get(sent.key()), result);
    count(done, late);
    world.tell(
        TraceKind.STORE, "store", sent.node().value(), new Shown(sent, " -> ", result), sent.id());
    guarded(() -> {
      sent.execute();
      watchers.forEach(watcher -> watcher.onExecuted(done));
    });
    return result;
  }

  /** Executes a request, now, and tells its sender if it still waits. */
  void executeAndAnswer(SimRequest sent) {
    answer(sent, execute(sent));
  }

  /** Tells the sender, if it still waits. */
  void answer(SimRequest sent, ObjectResult result) {
    settle(sent);
    if (sent.takeAnswer()) {
      if (!sent.executed() || result instanceof ObjectResult.Unclear) {
        world.tell(
            TraceKind.STORE, sent.node().value(), "store", new Shown(sent, " -> ", result), 0);
      }
      sent.tell(result);
    }
  }

  /** From now on nobody counts on this request any more, though it may still be executed. */
  void settle(SimRequest sent) {
    if (sent.mutates() && !sent.executed() && !sent.answered()) {
      writersUnderWay.computeIfPresent(sent.key(), (k, count) -> count == 1 ? null : count - 1);
    }
  }

  private ObjectResult carryOut(ObjectRequest request, byte @Nullable [] before) {
    String key = request.key();
    return switch (request) {
      case ObjectRequest.Get get -> read(get, before);
      case ObjectRequest.Create create ->
          before == null ? store(key, create.bytes()) : new ObjectResult.PreconditionFailed();
      case ObjectRequest.Replace replace -> {
        if (before == null) {
          yield absent();
        }
        yield etag(before).equals(replace.etag())
            ? store(key, replace.bytes())
            : new ObjectResult.PreconditionFailed();
      }
      case ObjectRequest.Put put -> store(key, put.bytes());
      case ObjectRequest.Delete delete -> {
        objects.remove(key);
        yield new ObjectResult.Deleted();
      }
      case ObjectRequest.List list -> list(list);
    };
  }

  private ObjectResult read(ObjectRequest.Get get, byte @Nullable [] stored) {
    if (stored == null) {
      return absent();
    }
    String etag = etag(stored);
    return etag.equals(get.unlessEtag())
        ? new ObjectResult.Unchanged()
        : new ObjectResult.Found(stored.clone(), etag);
  }

  private ObjectResult absent() {
    return options.hidesAbsence()
        ? new ObjectResult.Refused("403: absent, or you may not list this bucket")
        : new ObjectResult.Absent();
  }

  private ObjectResult store(String key, byte[] bytes) {
    byte[] stored = bytes.clone();
    objects.put(key, stored);
    return new ObjectResult.Stored(etag(stored));
  }

  /** In the order of a hash of the keys, as stores that spread them over partitions do. */
  private ObjectResult list(ObjectRequest.List list) {
    String from = list.continuation();
    List<String> keys = new ArrayList<>();
    for (String key : objects.keySet()) {
      if (key.startsWith(list.key()) && (from == null || listOrder(key).compareTo(from) > 0)) {
        keys.add(key);
      }
    }
    keys.sort(Comparator.comparing(SimBucket::listOrder));
    boolean more = keys.size() > options.listPageMax();
    List<ObjectResult.Item> items = new ArrayList<>();
    for (String key : more ? keys.subList(0, options.listPageMax()) : keys) {
      byte[] bytes = objects.get(key);
      items.add(new ObjectResult.Item(key, bytes == null ? 0 : bytes.length));
    }
    return new ObjectResult.Listed(items, more ? listOrder(items.getLast().key()) : null);
  }

  private static String listOrder(String key) {
    return String.format("%08x", key.hashCode() * 0x9e3779b9) + key;
  }

  /** The ETag of these bytes: MD5, quoted, as of a plain single-part upload. */
  public static String etag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("MD5").digest(bytes);
      return '"' + HexFormat.of().formatHex(hash) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  private void count(Execution done, boolean late) {
    SimRequest sent = done.request();
    ObjectResult result = done.result();
    byte[] before = done.before();
    if (late && sent.mutates()) {
      world.coverage().hit("store.late " + sent.word() + (done.changed() ? " took effect" : ""));
    }
    if (result instanceof ObjectResult.PreconditionFailed) {
      boolean own = before != null && Arrays.equals(before, sent.bytes());
      world.coverage().hit(own ? "store.412 on the same bytes" : "store.412");
    }
    if (result instanceof ObjectResult.Conflict) {
      world.coverage().hit("store.409");
    }
  }

  @SuppressWarnings("CatchAndPrintStackTrace") // nothing is printed; the world is told
  private void guarded(Runnable check) {
    try {
      check.run();
    } catch (InvariantViolation broken) {
      world.fail("store: " + broken.getMessage());
    }
  }

  /** A line of the trace, made only when somebody reads it. */
  private final class Shown {
    private final SimRequest request;
    private final String link;
    private final @Nullable ObjectResult result;

    Shown(SimRequest request, String link, @Nullable ObjectResult result) {
      this.request = request;
      this.link = link;
      this.result = result;
    }

    @Override
    public String toString() {
      String key = request.key();
      StringBuilder text = new StringBuilder();
      text.append('#').append(request.id()).append(' ').append(request.word()).append(' ');
      text.append(shortened(key));
      byte[] bytes = request.bytes();
      if (bytes.length > 0) {
        text.append(" (").append(described(key, bytes)).append(')');
      }
      text.append(link);
      if (result instanceof ObjectResult.Found found) {
        text.append(described(key, found.bytes()));
      } else if (result != null) {
        text.append(word(result));
      }
      return text.toString();
    }
  }

  private String described(String key, byte[] bytes) {
    for (BucketInvariant watcher : watchers) {
      return watcher.describe(key, bytes);
    }
    return bytes.length + " bytes";
  }

  /** Without leading zeros, and without what is the same for all keys. */
  private static String shortened(String key) {
    String[] parts = key.split("/", -1);
    int from = Math.max(0, parts.length - 3);
    StringBuilder text = new StringBuilder();
    for (int i = from; i < parts.length; i++) {
      String part = parts[i].replaceAll("\\b0+(?=[0-9a-f])", "");
      text.append(i == from ? "" : "/").append(part);
    }
    return text.toString();
  }

  private static String word(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Stored stored -> "200";
      case ObjectResult.Deleted deleted -> "204";
      case ObjectResult.Found found -> "200";
      case ObjectResult.Unchanged unchanged -> "304";
      case ObjectResult.Absent absent -> "404";
      case ObjectResult.PreconditionFailed failed -> "412";
      case ObjectResult.Conflict conflict -> "409";
      case ObjectResult.Throttled throttled -> "503";
      case ObjectResult.Unclear unclear -> "unclear: " + unclear.what();
      case ObjectResult.Refused refused -> "refused: " + refused.what();
      case ObjectResult.Listed listed -> listed.items().size() + " keys";
    };
  }
}
