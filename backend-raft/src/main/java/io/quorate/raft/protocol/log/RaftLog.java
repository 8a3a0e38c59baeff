// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.log;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
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
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.configuration.ConfigurationHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Term, vote and log of one replica, and how much of the log is durable and committed. Changes are
 * gathered and become one write at {@link #flush}, which also holds the messages back that promise
 * something about them.
 *
 * <p>Invariants: base ≤ commit ≤ last; durable ≤ last; term and commit never decrease; the vote
 * changes only from nobody to somebody within a term; nothing at or below commit is ever truncated.
 */
public final class RaftLog {
  private final LogTail tail;
  private final EpochRuns terms = new EpochRuns(LogBase.EMPTY);
  private final ConfigurationHistory configurations;
  private final WriteQueue writes = new WriteQueue();
  private final FaultySlots faulty = new FaultySlots();

  private LogBase base = LogBase.EMPTY;
  private long lastIndex;
  private long timeFloorNanos;
  private long term;
  private @Nullable NodeId votedFor;
  private long commit;
  private long durable;
  private long entriesSeen;
  private long entryBytesSeen;

  // What the current step has changed so far.
  private boolean hardStateChanged;
  private List<Entry> repairs = new ArrayList<>();
  private long truncateFrom;
  private @Nullable LogBase newBase;
  private List<Entry> appended = new ArrayList<>();
  private List<Outgoing> releases = new ArrayList<>();

  /**
   * An empty log.
   *
   * @param seat configuration until the log or a snapshot says otherwise
   * @param windowBytesMax how much of its end to hold in memory
   */
  public RaftLog(Configuration seat, long windowBytesMax) {
    this.tail = new LogTail(LogBase.EMPTY, windowBytesMax);
    this.configurations = new ConfigurationHistory(seat);
  }

  /** Takes up what the disk holds, and mends what a crash between two writes left behind. */
  public void restore(DurableState state) {
    byte[] hard = state.hardState();
    HardState hardState = hard == null ? HardState.NONE : HardState.decode(hard);
    term = hardState.term();
    votedFor = hardState.votedFor();
    base = state.base();
    copyTerms(state);
    SnapshotRef snapshot = state.snapshot();
    restoreTail(state, snapshot);
    for (FaultySlot slot : state.faulty()) {
      faulty.add(slot);
    }
    for (Entry entry : state.configurations()) {
      configurations.append(entry);
    }
    durable = terms.lastSlot();
    commit = base.slot();
    if (snapshot != null) {
      Check.that(snapshot.slot() >= base.slot(), "snapshot %s is before the log", snapshot.slot());
      takeSnapshotAsBeginning(snapshot);
    }
    if (terms.lastEpoch() > term) {
      // The snapshot of a later term was stored before the term was. No vote of that term can have
      // left, since votes leave after the term is durable.
      term = terms.lastEpoch();
      votedFor = null;
      hardStateChanged = true;
    }
  }

  private void copyTerms(DurableState state) {
    terms.reset(base);
    EpochRuns found = state.epochs();
    Check.that(
        found.baseSlot() == base.slot(),
        "runs begin at %s, log at %s",
        found.baseSlot(),
        base.slot());
    for (long slot = base.slot() + 1; slot <= found.lastSlot(); slot++) {
      terms.append(slot, found.epochAt(slot));
    }
  }

  private void restoreTail(DurableState state, @Nullable SnapshotRef snapshot) {
    if (terms.lastSlot() == base.slot()) {
      tail.reset(base);
      if (snapshot != null) {
        lastIndex = snapshot.lastIndex();
        timeFloorNanos = snapshot.timeFloorNanos();
      }
      return;
    }
    LogHead head = state.head();
    List<Entry> entries = state.tail();
    if (entries.isEmpty()) {
      Check.that(!state.faulty().isEmpty(), "no entry of a log that ends at %s", terms.lastSlot());
      tail.reset(new LogBase(head.slot(), head.epoch(), head.hash()));
    } else {
      Entry first = entries.get(0);
      tail.reset(
          new LogBase(first.slot() - 1, terms.epochAt(first.slot() - 1), first.parentHash()));
    }
    for (Entry entry : entries) {
      tail.append(entry);
      countBytes(entry);
    }
    Check.that(
        tail.lastSlot() == terms.lastSlot(),
        "tail ends at %s, log at %s",
        tail.lastSlot(),
        terms.lastSlot());
    lastIndex = head.nextIndex() - 1;
    timeFloorNanos = head.timeFloorNanos();
  }

  /** Current term. */
  public long term() {
    return term;
  }

  /** Who has this replica's vote in the current term. */
  public @Nullable NodeId votedFor() {
    return votedFor;
  }

  /** Enters a later term, in which nobody has the vote yet. */
  public void enterTerm(long later) {
    Check.that(later > term, "term %s is not after %s", later, term);
    term = later;
    votedFor = null;
    hardStateChanged = true;
  }

  /** Gives the vote of the current term away. */
  public void vote(NodeId candidate) {
    NodeId before = votedFor;
    Check.that(
        before == null || before.equals(candidate),
        "vote already given to %s, asked for %s",
        before == null ? candidate : before,
        candidate);
    if (before == null) {
      votedFor = candidate;
      hardStateChanged = true;
    }
  }

  /** Whether term and vote, as they are now, are durable. */
  public boolean hardStateDurable() {
    return !hardStateChanged && writes.hardStateDurable();
  }

  /** The recent end of the log. */
  public LogView view() {
    return tail;
  }

  /** What stands before the first entry. */
  public LogBase base() {
    return base;
  }

  /** Last slot, or the base's when there is no entry. */
  public long lastSlot() {
    return terms.lastSlot();
  }

  /** Term of the last slot. */
  public long lastTerm() {
    return terms.lastEpoch();
  }

  /**
   * Last slot up to which this replica's copy counts for a commit: it is durable here, and nothing
   * up to it that is not yet committed is damaged.
   */
  public long durable() {
    return Math.min(durable, soundThrough());
  }

  /** Slot before the first damaged entry that is not known to be committed. */
  public long soundThrough() {
    return faulty.firstFrom(commit + 1) - 1;
  }

  /** Last slot that was durably written here, damaged by now or not. */
  public long written() {
    return durable;
  }

  /** Last slot known to be committed. */
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

  /** Chain hash of the last slot. */
  public ChainHash lastHash() {
    return tail.lastHash();
  }

  /** Configurations in this log. */
  public ConfigurationHistory configurations() {
    return configurations;
  }

  /** Whether the log, or its base, has this slot. */
  public boolean has(long slot) {
    return terms.has(slot);
  }

  /** Whether the log, or its base, has an entry of this term at this slot. */
  public boolean matches(long slot, long termThere) {
    return terms.has(slot) && terms.epochAt(slot) == termThere;
  }

  /** Term of a slot that {@link #has} confirms. */
  public long termAt(long slot) {
    return terms.epochAt(slot);
  }

  /** Chain hash of a slot, or null when it is not at hand. */
  public @Nullable ChainHash hashAt(long slot) {
    if (slot == base.slot()) {
      return base.hash();
    }
    if (slot == tail.lastSlot()) {
      return tail.lastHash();
    }
    Entry entry = tail.get(slot);
    if (entry != null) {
      return entry.hash();
    }
    Entry next = tail.get(slot + 1);
    if (next != null) {
      return next.parentHash();
    }
    FaultySlot damaged = faulty.at(slot);
    return damaged == null ? null : damaged.hash();
  }

  /** Whether any entry is damaged here. */
  public boolean hasFaulty() {
    return !faulty.isEmpty();
  }

  /** Number of entries that are damaged here. */
  public int faultyCount() {
    return faulty.size();
  }

  /** Number of entries that were damaged and put back, since the start. */
  public long repairedCount() {
    return faulty.repaired();
  }

  /** Whether the entry of a slot is damaged here. */
  public boolean isFaulty(long slot) {
    return faulty.at(slot) != null;
  }

  /** What should stand at a slot; null if its entry is not damaged. */
  public @Nullable FaultySlot faultyAt(long slot) {
    return faulty.at(slot);
  }

  /** First damaged slot from {@code slot} on; {@link Long#MAX_VALUE} if there is none. */
  public long firstFaultyFrom(long slot) {
    return faulty.firstFrom(slot);
  }

  /** The lowest damaged entries that are not being put back. */
  public List<FaultySlot> toMend(int most) {
    return faulty.toMend(most);
  }

  /** Whether the entry of a damaged slot is on its way to the disk. */
  public boolean isBeingMended(long slot) {
    return faulty.isBeingMended(slot);
  }

  /** Notes damage; what memory still has is put back at once. What is no longer so is ignored. */
  public void markFaulty(FaultySlot slot) {
    long at = slot.slot();
    boolean ours = at > base.slot() && at <= durable && matches(at, slot.epoch());
    if (!ours || faulty.at(at) != null) {
      return;
    }
    ChainHash known = hashAt(at);
    Check.that(
        known == null || known.equals(slot.hash()),
        "the header of slot %s is of another entry of its term",
        at);
    faulty.add(slot);
    Entry held = tail.get(at);
    if (held != null) {
      repair(held);
    }
  }

  /** Puts an entry back; false if it is not what was damaged. */
  public boolean repair(Entry entry) {
    FaultySlot damaged = faulty.at(entry.slot());
    if (damaged == null
        || faulty.isBeingMended(entry.slot())
        || !entry.hash().equals(damaged.hash())
        || !isWhole(entry)) {
      return false;
    }
    repairs.add(entry);
    faulty.mend(entry.slot());
    return true;
  }

  private static boolean isWhole(Entry entry) {
    try {
      entry.verifyBody();
      entry.verifyHashes();
      return true;
    } catch (CorruptEntry e) {
      return false;
    }
  }

  /** Whether a log that ends so is at least as up to date as this one (§5.4.1). */
  public boolean isCoveredBy(long otherLastSlot, long otherLastTerm) {
    return otherLastTerm > lastTerm()
        || (otherLastTerm == lastTerm() && otherLastSlot >= lastSlot());
  }

  /**
   * The last slot up to {@code slot}, not before the base, whose term is at most {@code termMax}:
   * where two logs may still agree (§5.3, backing up by terms).
   */
  public long lastSlotWithTermAtMost(long slot, long termMax) {
    long at = Math.min(slot, lastSlot());
    while (at > base.slot() && terms.epochAt(at) > termMax) {
      at = terms.firstSlotOfRun(at) - 1;
    }
    return Math.max(at, base.slot());
  }

  /** Appends an entry behind the last one. */
  public void append(Entry entry) {
    Check.that(entry.epoch() <= term, "entry of term %s in term %s", entry.epoch(), term);
    tail.append(entry);
    terms.append(entry.slot(), entry.epoch());
    lastIndex = entry.lastIndex();
    timeFloorNanos = entry.timeFloorNanos();
    if (entry.kind() == EntryKind.CONFIGURATION) {
      configurations.append(entry);
    }
    countBytes(entry);
    appended.add(entry);
  }

  /**
   * Forgets {@code slot} and all after it; an entry for {@code slot} must follow in the same step.
   *
   * @param hashBefore chain hash of the slot before
   */
  public void truncateFrom(long slot, ChainHash hashBefore) {
    Check.that(
        slot > commit, "truncation from %s reaches into what is committed, %s", slot, commit);
    Check.that(
        truncateFrom == 0 && appended.isEmpty(), "second truncation in one step, from %s", slot);
    ChainHash known = hashAt(slot - 1);
    Check.that(
        known == null || known.equals(hashBefore), "hash before %s is not %s", slot, hashBefore);
    tail.truncateFrom(slot, hashBefore);
    terms.truncateFrom(slot);
    configurations.truncateFrom(slot);
    durable = Math.min(durable, slot - 1);
    writes.truncateFrom(slot);
    faulty.truncateFrom(slot);
    truncateFrom = slot;
  }

  /**
   * Forgets a damaged entry that was never committed, and all after it.
   *
   * @param before the log as it ends then
   */
  public void discardFrom(long slot, LogHead before) {
    Check.that(before.slot() == slot - 1, "%s does not end before %s", before, slot);
    truncateFrom(slot, before.hash());
    lastIndex = before.nextIndex() - 1;
    timeFloorNanos = before.timeFloorNanos();
  }

  /** Drops entries that a snapshot of this replica covers. */
  public void compactThrough(LogBase cut) {
    Check.that(cut.slot() <= commit, "cut at %s is not committed, %s is", cut.slot(), commit);
    Check.that(matches(cut.slot(), cut.epoch()), "cut at %s of term %s", cut.slot(), cut.epoch());
    tail.dropThrough(cut.slot());
    terms.dropThrough(cut.slot());
    faulty.dropThrough(cut.slot());
    base = cut;
    newBase = cut;
  }

  /**
   * Lets the log begin behind a complete snapshot from elsewhere; keeps entries after it if the log
   * has the snapshot's last entry, else forgets all (§7).
   */
  public void beginBehind(SnapshotRef snapshot) {
    Check.that(
        snapshot.slot() > commit, "snapshot %s is not news, commit is %s", snapshot.slot(), commit);
    takeSnapshotAsBeginning(snapshot);
  }

  private void takeSnapshotAsBeginning(SnapshotRef snapshot) {
    if (matches(snapshot.slot(), snapshot.epoch())) {
      ChainHash known = hashAt(snapshot.slot());
      Check.that(
          known == null || known.equals(snapshot.hash()),
          "snapshot at %s belongs to another history than %s",
          snapshot.slot(),
          known == null ? ChainHash.ROOT : known);
      if (snapshot.slot() > commit && snapshot.slot() > base.slot()) {
        commit = snapshot.slot();
      }
      configurations.rebase(snapshot.slot(), snapshot.configuration());
      return;
    }
    if (terms.lastSlot() > base.slot()) {
      truncateFrom = base.slot() + 1;
      durable = base.slot();
      writes.truncateFrom(truncateFrom);
      configurations.truncateFrom(truncateFrom);
    }
    faulty.truncateFrom(0);
    base = snapshot.base();
    newBase = base;
    tail.reset(base);
    terms.reset(base);
    lastIndex = snapshot.lastIndex();
    timeFloorNanos = snapshot.timeFloorNanos();
    commit = snapshot.slot();
    configurations.rebase(snapshot.slot(), snapshot.configuration());
  }

  /** Records that everything up to {@code slot} is committed. */
  public void commitTo(long slot) {
    Check.that(
        slot > commit && slot <= lastSlot(), "commit %s of %s..%s", slot, commit, lastSlot());
    commit = slot;
  }

  /** Sends a message once everything that this step changes is durable. */
  public void release(Outgoing message) {
    releases.add(message);
  }

  /** Whether this step has changed anything durable so far. */
  public boolean changed() {
    return hardStateChanged
        || truncateFrom != 0
        || newBase != null
        || !appended.isEmpty()
        || !repairs.isEmpty();
  }

  /** Writes what changed and the messages that wait for it; nothing when nothing did. */
  public void flush(Now now, Effects out) {
    if (!changed() && releases.isEmpty()) {
      return;
    }
    byte[] hard = hardStateChanged ? new HardState(term, votedFor).encode() : null;
    List<Outgoing> released = releases.isEmpty() ? List.of() : releases;
    List<Entry> entries = appended.isEmpty() ? List.of() : appended;
    DurableWrite write =
        writes.next(
            hard,
            repairs.isEmpty() ? List.of() : repairs,
            truncateFrom,
            newBase,
            entries,
            lastSlot(),
            now.monotonicNanos());
    faulty.written(write.token());
    out.persist(write, released);
    if (!repairs.isEmpty()) {
      repairs = new ArrayList<>();
    }
    hardStateChanged = false;
    truncateFrom = 0;
    newBase = null;
    if (!appended.isEmpty()) {
      appended = new ArrayList<>(4);
    }
    if (!releases.isEmpty()) {
      releases = new ArrayList<>(4);
    }
  }

  /**
   * All writes up to {@code token} are durable.
   *
   * @return whether any of them has put damaged entries back
   */
  public boolean persisted(long token) {
    long reached = writes.done(token);
    Check.that(reached <= lastSlot(), "durable %s beyond the end %s", reached, lastSlot());
    durable = Math.max(durable, reached);
    return faulty.persisted(token);
  }

  /** Monotonic time at which the oldest unfinished write began; {@link Long#MAX_VALUE} if none. */
  public long oldestWriteNanos() {
    return writes.oldestNanos();
  }

  /** Shrinks the window in memory; what is not durable or not committed stays. */
  public void evict() {
    tail.evict(Math.min(durable, commit));
  }

  /** About how many entries fit into so many bytes, going by those seen. */
  public long entriesIn(long bytes) {
    return entriesSeen == 0 ? bytes : bytes / Math.max(1, entryBytesSeen / entriesSeen);
  }

  private void countBytes(Entry entry) {
    entriesSeen++;
    entryBytesSeen += entry.sizeBytes();
  }
}
