// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.log;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EpochRuns;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.FaultySlots;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogHead;
import io.quorate.core.log.LogTail;
import io.quorate.core.log.LogView;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.log.WriteQueue;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.vsr.message.LogShape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * View, last normal view and log of one replica, and how much of the log is durable and committed.
 * Changes are gathered and become one write at {@link #flush}, which also holds the messages back
 * that promise something about them.
 *
 * <p>The log of the last normal view is what is here up to {@link #last}, and behind it, by name
 * only, what {@link #target} says. The entries that are here are always the beginning of that log:
 * what conflicts with it goes in the same write that installs it, and nothing else ever goes (V3).
 *
 * <p>Invariants: last normal view ≤ view; base ≤ commit ≤ last ≤ op; durable ≤ last; view, last
 * normal view and commit never decrease; nothing at or below commit is ever truncated.
 */
public final class VsrLog {
  private final LogTail tail;
  private final EpochRuns views = new EpochRuns(LogBase.EMPTY);
  private final WriteQueue writes = new WriteQueue();
  private final Repairs repairs = new Repairs();
  private final Incarnations incarnations = new Incarnations();

  private LogBase base = LogBase.EMPTY;
  private long lastIndex;
  private long timeFloorNanos;
  private long view;
  private long lastNormalView;
  private boolean muted;
  private @Nullable LogShape target;
  private long commit;
  private long durable;
  private @Nullable SnapshotRef snapshot;

  // What the current step has changed so far.
  private boolean superblockChanged;
  private long truncateFrom;
  private @Nullable LogBase newBase;
  private List<Entry> appended = new ArrayList<>();
  private List<Outgoing> releases = new ArrayList<>();

  /**
   * An empty log.
   *
   * @param windowBytesMax how much of its end to hold in memory
   */
  public VsrLog(long windowBytesMax) {
    this.tail = new LogTail(LogBase.EMPTY, windowBytesMax);
  }

  /** Takes up what the disk holds, and mends what a crash between two writes left behind. */
  public void restore(DurableState state) {
    byte[] hard = state.hardState();
    Superblock found = hard == null ? Superblock.NONE : Superblock.decode(hard);
    view = found.view();
    lastNormalView = found.lastNormalView();
    muted = found.muted();
    incarnations.restore(found);
    base = state.base();
    copyViews(state);
    state.faulty().forEach(repairs.faulty()::add);
    snapshot = state.snapshot();
    restoreTail(state);
    durable = views.lastSlot();
    commit = base.slot();
    SnapshotRef newest = snapshot;
    if (newest != null) {
      Check.that(newest.slot() >= base.slot(), "snapshot %s is before the log", newest.slot());
      takeSnapshotAsBeginning(newest);
    }
    LogShape aim = found.target();
    if (aim != null && aim.op() > last() && aim.base() <= last()) {
      // A snapshot of a later view may have been stored before that view's log was installed. What
      // it contradicts was never committed, and never acknowledged here, where it never was.
      boolean fits = aim.viewAt(last()) == viewAt(last());
      Check.that(
          fits || isSnapshot(last()),
          "the log of view %s does not begin with what is here, up to %s",
          lastNormalView,
          last());
      target = fits ? aim.from(last()) : null;
    }
    if (!state.headCertain() && !muted) {
      mute(true);
    }
  }

  private void copyViews(DurableState state) {
    views.reset(base);
    EpochRuns found = state.epochs();
    Check.that(
        found.baseSlot() == base.slot(),
        "runs begin at %s, log at %s",
        found.baseSlot(),
        base.slot());
    for (long slot = base.slot() + 1; slot <= found.lastSlot(); slot++) {
      views.append(slot, found.epochAt(slot));
    }
  }

  private void restoreTail(DurableState state) {
    List<Entry> entries = state.tail();
    SnapshotRef newest = snapshot;
    if (views.lastSlot() == base.slot()) {
      tail.reset(base);
      if (newest != null) {
        lastIndex = newest.lastIndex();
        timeFloorNanos = newest.timeFloorNanos();
      }
      return;
    }
    LogHead head = state.head();
    if (entries.isEmpty()) {
      Check.that(
          !repairs.faulty().isEmpty(), "no entry of a log that ends at %s", views.lastSlot());
      tail.reset(new LogBase(head.slot(), head.epoch(), head.hash()));
    } else {
      Entry first = entries.get(0);
      tail.reset(
          new LogBase(first.slot() - 1, views.epochAt(first.slot() - 1), first.parentHash()));
    }
    for (Entry entry : entries) {
      tail.append(entry);
    }
    Check.that(
        tail.lastSlot() == views.lastSlot(),
        "tail ends at %s, log at %s",
        tail.lastSlot(),
        views.lastSlot());
    lastIndex = head.nextIndex() - 1;
    timeFloorNanos = head.timeFloorNanos();
  }

  /** Current view. */
  public long view() {
    return view;
  }

  /** Latest view whose log this replica has installed (v' in VRR §4.2). */
  public long lastNormalView() {
    return lastNormalView;
  }

  /** Enters a later view; its log is not known yet. */
  public void enterView(long later) {
    Check.that(later > view, "view %s is not after %s", later, view);
    view = later;
    superblockChanged = true;
  }

  /** Whether the replica must keep out of every quorum. */
  public boolean muted() {
    return muted;
  }

  /** Sets whether the replica must keep out of every quorum. */
  public void mute(boolean nowMuted) {
    muted = nowMuted;
    superblockChanged = true;
  }

  /** Whether view and last normal view, as they are now, are durable. */
  public boolean superblockDurable() {
    return !superblockChanged && !incarnations.changed() && writes.hardStateDurable();
  }

  /** Which members are known to have lost their disks. */
  public Incarnations incarnations() {
    return incarnations;
  }

  /** The recent end of the log. */
  public LogView window() {
    return tail;
  }

  /** What stands before the first entry. */
  public LogBase base() {
    return base;
  }

  /** Last op that is here, or the base when there is none. */
  public long last() {
    return views.lastSlot();
  }

  /** What the log of the last normal view holds behind {@link #last}; null if nothing. */
  public @Nullable LogShape target() {
    return target;
  }

  /** Last op of the log of the last normal view, whether it is here or not (op-number in VRR). */
  public long op() {
    LogShape aim = target;
    return aim == null ? last() : aim.op();
  }

  /**
   * Last op up to which this replica's copy counts: it is durable here, and nothing up to it that
   * is not known to be committed is damaged.
   */
  public long durable() {
    return Math.min(durable, soundThrough());
  }

  /** Op before the first damaged one that is not known to be committed. */
  public long soundThrough() {
    return repairs.faulty().firstFrom(commit + 1) - 1;
  }

  /** Last op that was durably written here, damaged by now or not. */
  public long written() {
    return durable;
  }

  /** Last op that may be acknowledged once this step's changes are durable. */
  public long acknowledgeable() {
    return Math.min(last(), soundThrough());
  }

  /** Ops that are damaged here. */
  public FaultySlots faulty() {
    return repairs.faulty();
  }

  /** Damaged ops, ascending. */
  public List<Long> faultyOps() {
    return repairs.ops();
  }

  /** Notes damage; what memory still has is put back at once. What is no longer so is ignored. */
  public void markFaulty(FaultySlot slot) {
    long at = slot.slot();
    boolean ours = at > base.slot() && at <= durable && viewAt(at) == slot.epoch();
    if (!ours || repairs.faulty().at(at) != null) {
      return;
    }
    repairs.faulty().add(slot);
    Entry held = tail.get(at);
    if (held != null) {
      repair(held);
    }
  }

  /** Puts an entry back; false if it is not what was damaged. */
  public boolean repair(Entry entry) {
    return repairs.putBack(entry);
  }

  /** Last op known to be committed. */
  public long commit() {
    return commit;
  }

  /** Index of the command that the next entry begins with. */
  public long nextIndex() {
    return lastIndex + 1;
  }

  /** Earliest consensus time of the next entry. */
  public long timeFloorNanos() {
    return timeFloorNanos;
  }

  /** Chain hash of the last op that is here. */
  public ChainHash lastHash() {
    return tail.lastHash();
  }

  /** Whether the log, or its base, has this op. */
  public boolean has(long op) {
    return views.has(op);
  }

  /** View of origin of an op that {@link #has} confirms. */
  public long viewAt(long op) {
    return views.epochAt(op);
  }

  /** Chain hash of an op, or null when it is not at hand. */
  public @Nullable ChainHash hashAt(long op) {
    if (op == base.slot()) {
      return base.hash();
    }
    if (op == tail.lastSlot()) {
      return tail.lastHash();
    }
    Entry entry = tail.get(op);
    if (entry != null) {
      return entry.hash();
    }
    Entry next = tail.get(op + 1);
    if (next != null) {
      return next.parentHash();
    }
    FaultySlot damaged = repairs.faulty().at(op);
    return damaged == null ? null : damaged.hash();
  }

  /** The entries that are here, described. */
  public LogShape here() {
    return describe(last(), tail.lastHash(), List.of());
  }

  /** The log of the last normal view, described. */
  public LogShape shape() {
    LogShape aim = target;
    return aim == null ? here() : describe(aim.op(), aim.hash(), aim.runs());
  }

  private LogShape describe(long op, @Nullable ChainHash hash, List<LogShape.Run> behind) {
    ArrayList<LogShape.Run> runs = new ArrayList<>();
    for (long at = last(); at > base.slot(); ) {
      long first = views.firstSlotOfRun(at);
      runs.add(0, new LogShape.Run(first, views.epochAt(at)));
      at = first - 1;
    }
    for (LogShape.Run run : behind) {
      if (runs.isEmpty() || runs.get(runs.size() - 1).view() != run.view()) {
        runs.add(run);
      }
    }
    return new LogShape(base.slot(), base.epoch(), runs, op, hash);
  }

  /** Appends the entry behind the last one; it must be the one that the target names, if any. */
  public void append(Entry entry) {
    LogShape aim = target;
    Check.that(entry.epoch() <= view, "entry of view %s in view %s", entry.epoch(), view);
    tail.append(entry);
    views.append(entry.slot(), entry.epoch());
    lastIndex = entry.lastIndex();
    timeFloorNanos = entry.timeFloorNanos();
    appended.add(entry);
    target = aim == null ? null : aim.behind(entry);
  }

  /**
   * Whether {@link #install} could cut after this op now: the entry there, or what stands in its
   * place, is at hand.
   */
  public boolean atHand(long op) {
    return op == last() || tail.get(op) != null || isSnapshot(op) || op == 0;
  }

  private boolean isSnapshot(long op) {
    SnapshotRef newest = snapshot;
    return newest != null && newest.slot() == op;
  }

  /**
   * Makes the log of the current view this replica's (VRR §4.2 steps 3 and 5): drops entries that
   * conflict with it, and remembers what is missing; in one write with the last normal view.
   *
   * @param log of the view
   * @param agreed up to where the entries here are those of that log
   * @param at the entry at {@code agreed}, in case it was not at hand and has been read back
   */
  public void install(LogShape log, long agreed, @Nullable Entry at) {
    Check.that(
        agreed >= commit && agreed <= last() && log.has(agreed),
        "agreed up to %s, commit is %s, last is %s",
        agreed,
        commit,
        last());
    if (agreed < last()) {
      cutAfter(agreed, at);
    }
    target = log.op() > agreed ? log.from(agreed) : null;
    lastNormalView = view;
    superblockChanged = true;
  }

  private void cutAfter(long op, @Nullable Entry at) {
    Check.that(appended.isEmpty() && truncateFrom == 0, "second change in one step, after %s", op);
    Entry end = at == null ? tail.get(op) : at;
    SnapshotRef newest = snapshot;
    if (end != null) {
      Check.that(end.slot() == op, "entry %s where %s was asked for", end.slot(), op);
      lastIndex = end.lastIndex();
      timeFloorNanos = end.timeFloorNanos();
      tail.truncateFrom(op + 1, end.hash());
    } else if (isSnapshot(op) && newest != null) {
      lastIndex = newest.lastIndex();
      timeFloorNanos = newest.timeFloorNanos();
      tail.truncateFrom(op + 1, newest.hash());
    } else {
      Check.that(op == 0, "the entry at %s is not at hand", op);
      lastIndex = 0;
      timeFloorNanos = 0;
      tail.truncateFrom(1, ChainHash.ROOT);
    }
    views.truncateFrom(op + 1);
    repairs.truncateFrom(op + 1);
    durable = Math.min(durable, op);
    writes.truncateFrom(op + 1);
    truncateFrom = op + 1;
  }

  /** A complete snapshot of this replica exists. */
  public void offer(SnapshotRef newest) {
    SnapshotRef known = snapshot;
    if (known == null || newest.slot() >= known.slot()) {
      snapshot = newest;
    }
  }

  /** The newest complete snapshot here; null if there is none. */
  public @Nullable SnapshotRef snapshot() {
    return snapshot;
  }

  /** Last op that the newest snapshot here covers. */
  public long checkpoint() {
    SnapshotRef newest = snapshot;
    return newest == null ? 0 : newest.slot();
  }

  /** Drops entries that a snapshot of this replica covers. */
  public void compactThrough(LogBase cut) {
    Check.that(cut.slot() <= commit, "cut at %s is not committed, %s is", cut.slot(), commit);
    Check.that(
        has(cut.slot()) && viewAt(cut.slot()) == cut.epoch(),
        "cut at %s of view %s",
        cut.slot(),
        cut.epoch());
    tail.dropThrough(cut.slot());
    views.dropThrough(cut.slot());
    repairs.dropThrough(cut.slot());
    base = cut;
    newBase = cut;
  }

  /**
   * Lets the log begin behind a complete snapshot from elsewhere; keeps entries after it if the log
   * has the snapshot's last entry, else forgets all.
   *
   * @param log of the current view, which becomes this replica's in the same write; null if nothing
   *     is known of it behind the snapshot
   */
  public void beginBehind(SnapshotRef received, @Nullable LogShape log) {
    long slot = received.slot();
    Check.that(slot > commit, "snapshot at %s is not news, commit is %s", slot, commit);
    Check.that(
        log == null || !log.has(slot) || log.viewAt(slot) == received.epoch(),
        "snapshot at %s of view %s is not of the log of the view",
        slot,
        received.epoch());
    snapshot = received;
    takeSnapshotAsBeginning(received);
    if (log == null || !log.has(slot)) {
      install(new LogShape(slot, received.epoch(), List.of(), slot, received.hash()), slot, null);
      return;
    }
    LogShape rest = log.from(slot);
    install(rest, Math.max(slot, rest.agreement(here().from(slot))), null);
  }

  /** Whether this log has the snapshot's last entry, so that what is behind it continues it. */
  public boolean continues(SnapshotRef received) {
    return has(received.slot()) && viewAt(received.slot()) == received.epoch();
  }

  private void takeSnapshotAsBeginning(SnapshotRef received) {
    if (continues(received)) {
      ChainHash known = hashAt(received.slot());
      Check.that(
          known == null || known.equals(received.hash()),
          "snapshot at %s belongs to another history than %s",
          received.slot(),
          known == null ? ChainHash.ROOT : known);
      commit = Math.max(commit, received.slot());
      return;
    }
    repairs.truncateFrom(0);
    if (last() > base.slot()) {
      truncateFrom = base.slot() + 1;
      durable = base.slot();
      writes.truncateFrom(truncateFrom);
    }
    base = received.base();
    newBase = base;
    tail.reset(base);
    views.reset(base);
    lastIndex = received.lastIndex();
    timeFloorNanos = received.timeFloorNanos();
    commit = received.slot();
    target = null;
  }

  /** Records that everything up to {@code op} is committed. */
  public void commitTo(long op) {
    Check.that(op > commit && op <= last(), "commit %s of %s..%s", op, commit, last());
    commit = op;
  }

  /** Sends a message once everything that this step changes is durable. */
  public void release(Outgoing message) {
    releases.add(message);
  }

  /**
   * Sends a message at once, unless the view in which it speaks is still on its way to the disk.
   */
  public void send(Outgoing message, Effects out) {
    if (superblockDurable()) {
      out.send(message);
    } else {
      releases.add(message);
    }
  }

  /** Whether this step has changed anything durable so far. */
  public boolean changed() {
    return superblockChanged
        || incarnations.changed()
        || truncateFrom != 0
        || newBase != null
        || !appended.isEmpty()
        || repairs.pending();
  }

  private Superblock superblock() {
    return new Superblock(
        view, lastNormalView, muted, target, incarnations.diskLost(), incarnations.all());
  }

  /** Writes what changed and the messages that wait for it; nothing when nothing did. */
  public void flush(Now now, Effects out) {
    if (!changed() && releases.isEmpty()) {
      return;
    }
    byte[] hard = superblockChanged || incarnations.changed() ? superblock().encode() : null;
    List<Outgoing> released = releases.isEmpty() ? List.of() : releases;
    List<Entry> entries = appended.isEmpty() ? List.of() : appended;
    DurableWrite write =
        writes.next(
            hard, repairs.take(), truncateFrom, newBase, entries, last(), now.monotonicNanos());
    repairs.faulty().written(write.token());
    out.persist(write, released);
    superblockChanged = false;
    incarnations.written();
    truncateFrom = 0;
    newBase = null;
    if (!appended.isEmpty()) {
      appended = new ArrayList<>(4);
    }
    if (!releases.isEmpty()) {
      releases = new ArrayList<>(4);
    }
  }

  /** All writes up to {@code token} are durable. */
  public void persisted(long token) {
    long reached = writes.done(token);
    Check.that(reached <= last(), "durable %s beyond the end %s", reached, last());
    durable = Math.max(durable, reached);
    repairs.faulty().persisted(token);
  }

  /** Whether everything is durable as it is now. */
  public boolean settled() {
    return !changed() && writes.idle();
  }

  /** Monotonic time at which the oldest unfinished write began; {@link Long#MAX_VALUE} if none. */
  public long oldestWriteNanos() {
    return writes.oldestNanos();
  }

  /** Shrinks the window in memory; what is not durable or not committed stays. */
  public void evict() {
    tail.evict(Math.min(durable, commit));
  }
}
