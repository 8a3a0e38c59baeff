// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.error.ConsensusException.Outcome;
import io.quorate.core.apply.Applier;
import io.quorate.core.apply.QueryFailed;
import io.quorate.core.apply.StateDigest;
import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batch;
import io.quorate.core.batch.Batcher;
import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Backend;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.DamagedEntries;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.SnapshotStore;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.RoleChange;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Applies committed entries in order and answers their callers; serves reads in between; cuts
 * snapshots. The only caller of the user's state machine. However slow that is, the replica's loop
 * goes on.
 */
final class ApplyLoop implements Actor {
  private static final int ENTRIES_A_TURN_MAX = 64;
  private static final int READ_BACK_BYTES_MAX = 4 << 20;
  private static final int SINKS_MAX = 64;

  private sealed interface Task {
    record Apply(Entry entry, @Nullable Batch batch) implements Task {}

    /** Entries that are no longer in memory, from {@code fromSlot}, one for each batch. */
    record Range(long fromSlot, @Nullable Batch[] batches) implements Task {}

    record Install(SnapshotRef snapshot) implements Task {}

    record Reads(List<ReadCall> calls, long minSlot, long minIndex) implements Task {}

    record Repeat(Retries.Retry retry) implements Task {}

    record TakeSnapshot(ReplySink sink, long tag) implements Task {}
  }

  private record WaitingRead(ReadCall call, long minSlot, long minIndex) {}

  // Entries are bounded by the backlog limit of the loop, reads by their own queues and limit.
  private final MpscUnboundedAtomicArrayQueue<Task> queue =
      new MpscUnboundedAtomicArrayQueue<>(1024);
  private final AtomicLong backlogBytes = new AtomicLong();
  private final Applier applier;
  private final LogStore log;
  private final SnapshotStore snapshots;
  private final RuntimeLimits limits;
  private final SnapshotPace pace;
  private final Admission admission;
  private final Batcher batcher;
  private final HaltSwitch halt;
  private final ConsensusMetrics metrics;
  private final Observer observer;
  private final SnapshotTaker taker;

  private final ArrayDeque<WaitingRead> waitingReads = new ArrayDeque<>();
  private final List<ReplySink> touched = new ArrayList<>();
  private final BatchReplies replies = new BatchReplies();
  private Task.@Nullable Range range;
  private int rangeDone;

  // While an entry of the range is damaged, later ones wait behind it; nothing is ever skipped.
  private final ArrayDeque<Task> held = new ArrayDeque<>();
  private final AtomicLong repairs = new AtomicLong();
  private boolean stalled;
  private long repairsWhenStalled;

  private volatile long appliedSlot;
  private volatile long appliedIndex;
  private volatile long earliestExpiryNanos;
  private volatile int sessions;
  private volatile long checkpointDueBytes;
  private volatile @Nullable StateDigest latestDigest;
  private @Nullable Retries retries;
  private @Nullable ReplicaLoop loop;
  private @Nullable DamageDesk desk;
  private ActorHost.@Nullable Handle handle;

  ApplyLoop(
      Applier applier,
      LogStore log,
      SnapshotStore snapshots,
      RuntimeLimits limits,
      Backend.Needs needs,
      Admission admission,
      Batcher batcher,
      HaltSwitch halt,
      ConsensusMetrics metrics,
      Observer observer,
      SnapshotTaker taker) {
    this.applier = applier;
    this.log = log;
    this.snapshots = snapshots;
    this.limits = limits;
    this.pace = new SnapshotPace(limits.snapshotEveryLogBytes(), needs);
    this.admission = admission;
    this.batcher = batcher;
    this.halt = halt;
    this.metrics = metrics;
    this.observer = observer;
    this.taker = taker;
    publish();
  }

  void begin(
      ReplicaLoop replicaLoop,
      DamageDesk damageDesk,
      Supplier<RoleChange> role,
      ActorHost.Handle own) {
    loop = replicaLoop;
    desk = damageDesk;
    handle = own;
    retries =
        new Retries(applier, batcher, admission, metrics, role, replicaLoop::wake, this::touch);
    own.wake();
  }

  /** A committed entry, the next one; by the replica's loop, which wakes this actor afterwards. */
  void offerEntry(Entry entry, @Nullable Batch batch) {
    backlogBytes.addAndGet(entry.sizeBytes());
    queue.add(new Task.Apply(entry, batch));
  }

  /** Committed entries that are on disk only. */
  void offerRange(long fromSlot, @Nullable Batch[] batches) {
    // Counted as what one read-back holds in memory at a time.
    backlogBytes.addAndGet(READ_BACK_BYTES_MAX);
    queue.add(new Task.Range(fromSlot, batches));
  }

  /** Replaces the state machine's state. */
  void offerInstall(SnapshotRef snapshot) {
    queue.add(new Task.Install(snapshot));
    wake();
  }

  /** Reads that may be served once {@code minSlot} is applied. */
  void offerReads(List<ReadCall> calls, long minSlot) {
    queue.add(new Task.Reads(calls, minSlot, 0));
    wake();
  }

  /** A read of the local state that includes {@code minIndex}. Any thread. */
  void offerLocalRead(ReadCall call, long minIndex) {
    queue.add(new Task.Reads(List.of(call), 0, minIndex));
    wake();
  }

  /** A command of a session that was admitted before. Any thread. */
  void offerRetry(Retries.Retry retry) {
    queue.add(new Task.Repeat(retry));
    wake();
  }

  /** A snapshot now, for an operator. Any thread. */
  void offerSnapshot(ReplySink sink, long tag) {
    queue.add(new Task.TakeSnapshot(sink, tag));
    wake();
  }

  /** Damaged entries were put back: what waits for one may look again. Any thread. */
  void onRepaired() {
    repairs.incrementAndGet();
    wake();
  }

  void wake() {
    ActorHost.Handle own = handle;
    if (own != null) {
      own.wake();
    }
  }

  /** Last slot applied. Any thread. */
  long appliedSlot() {
    return appliedSlot;
  }

  /** Last command applied. Any thread. */
  long appliedIndex() {
    return appliedIndex;
  }

  /** Bytes of log applied since the last checkpoint, once they are enough for another; else 0. */
  long checkpointDueBytes() {
    return checkpointDueBytes;
  }

  /** Open sessions. Any thread. */
  int sessions() {
    return sessions;
  }

  /** The latest digest of the state; null if there is none. Any thread. */
  @Nullable StateDigest latestDigest() {
    return latestDigest;
  }

  /** Consensus time at which the first session expires. Any thread. */
  long earliestExpiryNanos() {
    return earliestExpiryNanos;
  }

  /** Committed bytes that wait here. Any thread. */
  long backlogBytes() {
    return backlogBytes.get();
  }

  @Override
  public long turn(Now now) {
    if (halt.halted()) {
      refuseEverything();
      return Long.MAX_VALUE;
    }
    boolean more = work(now);
    serveReads(now);
    Retries repeated = retries;
    long lookAgain = repeated == null ? Long.MAX_VALUE : repeated.turn(now);
    flushSinks();
    if (applier.appliedSlot() != appliedSlot) {
      publish();
      ReplicaLoop replicaLoop = loop;
      if (replicaLoop != null) {
        replicaLoop.onApplied();
      }
    }
    if (pace.dueHere() && !taker.busy()) {
      takeSnapshot(now, null, 0);
    }
    return more ? now.monotonicNanos() : Math.min(lookAgain, nextReadDeadline());
  }

  /** Returns whether work is left. */
  private boolean work(Now now) {
    if (stalled && repairs.get() != repairsWhenStalled) {
      stalled = false;
    }
    for (int entries = 0; entries < ENTRIES_A_TURN_MAX; ) {
      if (range != null && !stalled) {
        entries += applyRange(range, now);
        continue;
      }
      Task task = stalled || held.isEmpty() ? queue.poll() : held.poll();
      if (task == null) {
        return false;
      }
      if (stalled && (task instanceof Task.Apply || task instanceof Task.Range)) {
        held.add(task); // as bounded as the queue it comes from
        continue;
      }
      switch (task) {
        case Task.Apply apply -> {
          apply(apply.entry, apply.batch, now);
          backlogBytes.addAndGet(-apply.entry.sizeBytes());
          entries++;
        }
        case Task.Range next -> {
          range = next;
          rangeDone = 0;
        }
        case Task.Install install -> install(install.snapshot);
        case Task.Reads reads -> addReads(reads);
        case Task.Repeat repeat ->
            Objects.requireNonNull(retries, "begin comes first").add(repeat.retry, now);
        case Task.TakeSnapshot take -> takeSnapshot(now, take.sink, take.tag);
      }
    }
    return true;
  }

  private void apply(Entry entry, @Nullable Batch batch, Now now) {
    if (entry.slot() <= applier.appliedSlot()) {
      // A snapshot that was installed meanwhile includes it. Callers wait only if the entry waited
      // behind a damaged one.
      if (batch != null) {
        refuseCovered(batch);
      }
      return;
    }
    if (batch == null) {
      applier.apply(entry, null);
    } else {
      replies.batch = batch;
      applier.apply(entry, replies);
      replies.batch = null;
      admission.release(batch.sizeBytes());
    }
    metrics.commandsApplied().add(entry.count());
    observer.onApplied(entry);
    if (pace.applied(entry, applier)) {
      checkpoint(now);
    }
  }

  /** Here, and on all replicas; whoever still writes the last snapshot leaves this one out. */
  private void checkpoint(Now now) {
    pace.restart();
    if (!taker.busy()) {
      taker.offer(applier.capture(), now, null, 0);
    }
  }

  private int applyRange(Task.Range work, Now now) {
    skipCovered(work);
    if (rangeDone == work.batches.length) {
      endRange();
      return 0;
    }
    long from = work.fromSlot + rangeDone;
    long through = work.fromSlot + work.batches.length - 1;
    long repairsBefore = repairs.get(); // of which the read knows
    List<Entry> entries;
    try {
      entries = log.read(from, through, READ_BACK_BYTES_MAX);
    } catch (DamagedEntries damage) {
      entries = damage.before();
      if (entries.isEmpty()) {
        stalled = true;
        repairsWhenStalled = repairsBefore;
        Objects.requireNonNull(desk, "begin comes first").report(damage);
        return 0;
      }
    }
    if (entries.isEmpty()) {
      // Compaction follows snapshots of what was applied, so a snapshot takes the place of these
      // entries. Its install may still wait behind them; if it did not, the next apply would
      // object.
      for (int i = rangeDone; i < work.batches.length; i++) {
        Check.that(work.batches[i] == null, "callers wait for slot %s, not on disk", from);
      }
      rangeDone = work.batches.length;
    }
    for (Entry entry : entries) {
      apply(entry, work.batches[rangeDone++], now);
    }
    if (rangeDone == work.batches.length) {
      endRange();
    }
    return entries.size();
  }

  private void endRange() {
    range = null;
    backlogBytes.addAndGet(-READ_BACK_BYTES_MAX);
  }

  /** A snapshot that was installed meanwhile stands for the first entries, damaged or not. */
  private void skipCovered(Task.Range work) {
    while (rangeDone < work.batches.length && work.fromSlot + rangeDone <= applier.appliedSlot()) {
      Batch batch = work.batches[rangeDone++];
      if (batch != null) {
        refuseCovered(batch);
      }
    }
  }

  /** Its commands are applied, but what they answered stands in no snapshot. */
  private void refuseCovered(Batch batch) {
    batch.refuseAll(
        Refusal.of(
            RefusalCode.INDETERMINATE, "a snapshot took the place of the entry of this command"));
    admission.release(batch.sizeBytes());
  }

  private void install(SnapshotRef snapshot) {
    if (snapshot.slot() <= applier.appliedSlot()) {
      return;
    }
    try (InputStream in = snapshots.open(snapshot)) {
      applier.restore(snapshot, in);
    } catch (IOException e) {
      throw new StorageFault("cannot install " + snapshot + ": " + e.getMessage(), e);
    }
    pace.restart();
    stalled = false; // the snapshot may stand for the damaged entry
  }

  private void takeSnapshot(Now now, @Nullable ReplySink sink, long tag) {
    if (taker.busy()) {
      if (sink != null) {
        sink.refused(
            tag, Refusal.of(RefusalCode.OVERLOADED, "a snapshot is being written already"));
        sink.flush();
      }
      return;
    }
    if (applier.appliedSlot() == 0) {
      if (sink != null) {
        sink.refused(tag, Refusal.of(RefusalCode.NOT_READY, "nothing was applied here yet"));
        sink.flush();
      }
      return;
    }
    pace.restart();
    taker.offer(applier.capture(), now, sink, tag);
  }

  private void addReads(Task.Reads reads) {
    for (ReadCall call : reads.calls) {
      if (applier.appliedSlot() >= reads.minSlot && applier.appliedIndex() >= reads.minIndex) {
        serve(call);
      } else if (waitingReads.size() < limits.readsWaitingMax()) {
        waitingReads.add(new WaitingRead(call, reads.minSlot, reads.minIndex));
      } else {
        refuse(call, Refusal.of(RefusalCode.OVERLOADED, "too many reads wait"));
      }
    }
  }

  private void serveReads(Now now) {
    if (waitingReads.isEmpty()) {
      return;
    }
    for (Iterator<WaitingRead> each = waitingReads.iterator(); each.hasNext(); ) {
      WaitingRead read = each.next();
      if (applier.appliedSlot() >= read.minSlot && applier.appliedIndex() >= read.minIndex) {
        each.remove();
        serve(read.call);
      } else if (read.call.deadlineNanos() <= now.monotonicNanos()) {
        each.remove();
        refuse(
            read.call,
            Refusal.of(RefusalCode.NOT_READY, "the state asked for was not reached in time here"));
      }
    }
  }

  private void serve(ReadCall call) {
    byte[] answer;
    try {
      answer = applier.query(call.query());
    } catch (QueryFailed failure) { // the user's own code: an answer to this caller only
      refuse(call, failure.refusal());
      return;
    }
    metrics.readsServed().increment();
    call.sink().done(call.tag(), applier.appliedIndex(), 0, answer);
    touch(call.sink());
  }

  private void refuse(ReadCall call, Refusal why) {
    call.sink().refused(call.tag(), why);
    touch(call.sink());
  }

  private long nextReadDeadline() {
    WaitingRead first = waitingReads.peekFirst();
    return first == null ? Long.MAX_VALUE : first.call.deadlineNanos();
  }

  private void touch(ReplySink sink) {
    int last = touched.size() - 1;
    if (last >= 0 && touched.get(last).equals(sink)) {
      return;
    }
    for (int i = 0; i < last; i++) {
      if (touched.get(i).equals(sink)) {
        return;
      }
    }
    if (touched.size() == SINKS_MAX) {
      flushSinks();
    }
    touched.add(sink);
  }

  private void flushSinks() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flush();
    }
    touched.clear();
  }

  private void publish() {
    checkpointDueBytes = pace.dueEverywhereBytes();
    appliedIndex = applier.appliedIndex();
    sessions = applier.sessions();
    latestDigest = applier.latestDigest();
    earliestExpiryNanos = applier.earliestExpiryNanos();
    appliedSlot = applier.appliedSlot();
  }

  /** The replica halted: nothing will be applied here any more. */
  void refuseEverything() {
    Refusal lost = Refusal.of(RefusalCode.INDETERMINATE, "the replica halted: " + halt.reason());
    Refusal halted = Refusal.of(RefusalCode.HALTED, "the replica halted: " + halt.reason());
    Retries repeated = retries;
    if (repeated != null) {
      repeated.refuseAll(halted);
    }
    if (range != null) {
      refuseBatches(range, rangeDone, lost);
      range = null;
    }
    for (Task task = nextRefused(); task != null; task = nextRefused()) {
      switch (task) {
        case Task.Apply apply -> {
          if (apply.batch != null) {
            apply.batch.refuseAll(lost);
          }
        }
        case Task.Range next -> refuseBatches(next, 0, lost);
        case Task.Install install -> {}
        case Task.Repeat repeat -> {
          if (repeated != null) {
            repeated.refuse(repeat.retry, halted);
          }
        }
        case Task.Reads reads -> {
          for (ReadCall call : reads.calls) {
            refuse(call, halted);
          }
        }
        case Task.TakeSnapshot take -> {
          take.sink.refused(take.tag, halted);
          touch(take.sink);
        }
      }
    }
    for (WaitingRead read = waitingReads.poll(); read != null; read = waitingReads.poll()) {
      refuse(read.call, halted);
    }
    flushSinks();
  }

  private @Nullable Task nextRefused() {
    return held.isEmpty() ? queue.poll() : held.poll();
  }

  private static void refuseBatches(Task.Range range, int from, Refusal why) {
    for (int i = from; i < range.batches.length; i++) {
      Batch batch = range.batches[i];
      if (batch != null) {
        batch.refuseAll(why);
      }
    }
  }

  /** Hands each result to the sink that the batch names. */
  private final class BatchReplies implements Applier.Replies {
    private @Nullable Batch batch;

    @Override
    public void done(int ordinal, long index, long epoch, byte[] result) {
      Batch current = batch;
      ReplySink sink = current == null ? null : current.sink(ordinal);
      if (current != null && sink != null) {
        sink.done(current.tag(ordinal), index, epoch, result);
        touch(sink);
      }
    }

    @Override
    public void refused(int ordinal, Refusal why) {
      if (why.code().outcome() == Outcome.NOT_APPLIED) {
        batcher.forgetAdmitted(); // it was admitted, but another sending may take effect
      }
      Batch current = batch;
      ReplySink sink = current == null ? null : current.sink(ordinal);
      if (current != null && sink != null) {
        sink.refused(current.tag(ordinal), why);
        touch(sink);
      }
    }
  }
}
