// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import io.quorate.api.NodeId;
import io.quorate.core.port.ObjectCounters;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The way of one incarnation of a replica to the store. A request is sent, executed and answered at
 * three instants; it is executed never or once, perhaps long after its sender gave up or died. No
 * answer reaches an incarnation that is gone.
 */
public final class SimObjectStore implements ObjectStore {
  private static final long MILLI = 1_000_000;
  private static final long LATE_MAX_NANOS = 60_000 * MILLI;

  private final World world;
  private final SimBucket bucket;
  private final NodeId node;
  private final CrashSwitch power;
  private final int incarnation;
  private final SimRandom random;
  private final ObjectCounters counters = new ObjectCounters();
  private final List<SimRequest> waiting = new ArrayList<>();
  private boolean closed;
  private boolean gone;

  SimObjectStore(
      World world,
      SimBucket bucket,
      NodeId node,
      CrashSwitch power,
      int incarnation,
      SimRandom random) {
    this.world = world;
    this.bucket = bucket;
    this.node = node;
    this.power = power;
    this.incarnation = incarnation;
    this.random = random;
  }

  @Override
  public void submit(ObjectRequest request, long timeoutNanos, Listener listener) {
    power.call("object request " + request.key());
    if (closed) {
      listener.onDone(new ObjectResult.Unclear("the store is closed"));
      return;
    }
    SimRequest sent =
        bucket.begin(node, incarnation, request, result -> done(request, listener, result));
    waiting.removeIf(SimRequest::answered);
    waiting.add(sent);
    world.after(
        timeoutNanos, () -> bucket.answer(sent, new ObjectResult.Unclear("no answer in time")));
    if (!bucket.caught(sent)) {
      plan(sent, timeoutNanos);
    }
  }

  private void done(ObjectRequest request, Listener listener, ObjectResult result) {
    if (gone) {
      return;
    }
    counters.count(request, result);
    listener.onDone(result);
  }

  @Override
  public SortedMap<String, Long> counters() {
    return counters.snapshot();
  }

  @Override
  public void close() {
    closed = true;
    for (SimRequest sent : new ArrayList<>(waiting)) {
      bucket.answer(sent, new ObjectResult.Unclear("the store was closed"));
    }
    waiting.clear();
  }

  /** The replica is gone: it hears nothing any more, but what it sent is on its way. */
  public void abandon() {
    closed = true;
    gone = true;
  }

  /** Decides when it is executed and answered, if ever. */
  private void plan(SimRequest sent, long timeoutNanos) {
    StoreFaults faults = bucket.faults();
    long up = wayNanos() + faults.delayNanos(sent.key());
    long down = wayNanos();
    if (random.chance(bucket.options().tailRate())) {
      up += random.exponential(bucket.options().tailMeanNanos());
    }
    if (!faults.reaches(node)) {
      lost(sent, down);
    } else if (!faults.admits(world.now())) {
      world.coverage().hit("store.503");
      answerAfter(down, sent, new ObjectResult.Throttled());
      if (sent.mutates() && random.chance(0.02)) {
        world.coverage().hit("store.503 executed");
        executeAfter(up, sent);
      }
    } else if (random.chance(faults.errorRate())) {
      failed(sent, up, down);
    } else if (sent.mutates() && random.chance(faults.lateRate())) {
      executeAfter(timeoutNanos + random.logBetween(MILLI, LATE_MAX_NANOS), sent);
    } else if (random.chance(faults.lostRate())) {
      if (random.chance(0.5)) {
        world.coverage().hit("store.answer lost");
        executeAfter(up, sent);
      } else {
        world.coverage().hit("store.request lost");
      }
    } else {
      world.after(
          up,
          () -> {
            ObjectResult result = bucket.execute(sent);
            answerAfter(down, sent, result);
          });
    }
  }

  /** Nobody is there, or a line is cut: refused at once or never heard of, and perhaps queued. */
  private void lost(SimRequest sent, long down) {
    world.coverage().hit("store.unreachable");
    if (random.chance(0.5)) {
      answerAfter(down, sent, new ObjectResult.Unclear("cannot connect"));
    } else if (sent.mutates() && random.chance(0.2)) {
      executeAfter(random.logBetween(100 * MILLI, LATE_MAX_NANOS), sent);
    }
  }

  private void failed(SimRequest sent, long up, long down) {
    boolean executed = random.chance(0.5);
    world.coverage().hit(executed ? "store.500 executed" : "store.500");
    answerAfter(up + down, sent, new ObjectResult.Unclear("500"));
    if (executed) {
      boolean later = random.chance(0.3);
      executeAfter(later ? up + down + random.logBetween(MILLI, 5_000 * MILLI) : up, sent);
    }
  }

  private long wayNanos() {
    StoreOptions options = bucket.options();
    return options.leastNanos() / 2 + random.exponential(options.meanNanos());
  }

  private void executeAfter(long nanos, SimRequest sent) {
    world.after(nanos, () -> bucket.execute(sent));
  }

  private void answerAfter(long nanos, SimRequest sent, ObjectResult result) {
    world.after(nanos, () -> bucket.answer(sent, result));
  }
}
