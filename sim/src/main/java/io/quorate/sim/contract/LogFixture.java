// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.Slab;
import io.quorate.core.log.SnapshotRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory that makes valid entries: dense, chained by hash, with indexes and consensus time
 * that go on. Also the model against which a store is compared. Not safe for several threads.
 */
public final class LogFixture {
  private static final long FIRST_TIME_NANOS = 1_700_000_000_000_000_000L;

  private final List<Entry> entries = new ArrayList<>();
  private final Random payloads;
  private LogBase base;
  private long baseNextIndex;
  private long baseTimeFloorNanos;
  private long lastToken;

  private LogFixture(LogBase base, long nextIndex, long timeFloorNanos, long seed) {
    this.base = base;
    this.baseNextIndex = nextIndex;
    this.baseTimeFloorNanos = timeFloorNanos;
    this.payloads = new Random(seed);
  }

  /** A log that begins at slot 1. */
  public static LogFixture empty() {
    return new LogFixture(LogBase.EMPTY, 1, FIRST_TIME_NANOS, 1);
  }

  /** A log that continues behind a snapshot. */
  public static LogFixture after(SnapshotRef snapshot) {
    return new LogFixture(
        snapshot.base(), snapshot.lastIndex() + 1, snapshot.timeFloorNanos(), snapshot.slot());
  }

  /** A log with the same content that goes its own way, with other payloads than this one. */
  public LogFixture fork() {
    LogFixture copy = new LogFixture(base, baseNextIndex, baseTimeFloorNanos, payloads.nextLong());
    copy.entries.addAll(entries);
    copy.lastToken = lastToken;
    return copy;
  }

  /** Appends an entry with one plain command per payload. */
  public Entry commands(long epoch, byte[]... commands) {
    Slab.Writer slab = new Slab.Writer(64);
    for (byte[] command : commands) {
      slab.append(CommandKind.PLAIN, 0, 0, 0, command, 0, command.length);
    }
    return add(
        Entry.seal(
            slab.frame(),
            EntryKind.COMMANDS,
            lastSlot() + 1,
            epoch,
            nextIndex(),
            commands.length,
            timeFloorNanos(),
            lastHash()));
  }

  /** Appends an entry with one plain command of random bytes. */
  public Entry random(long epoch, int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    payloads.nextBytes(payload);
    return commands(epoch, payload);
  }

  /** Appends {@code count} entries with one plain command of random bytes each. */
  public List<Entry> random(long epoch, int count, int payloadBytes) {
    List<Entry> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(random(epoch, payloadBytes));
    }
    return added;
  }

  /** Appends the first entry of a new leader. */
  public Entry takeover(long epoch) {
    return add(control(EntryKind.TAKEOVER, epoch, new byte[0]));
  }

  /** Appends a configuration with the given text as its body. */
  public Entry configuration(long epoch, String text) {
    return add(control(EntryKind.CONFIGURATION, epoch, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Forgets {@code slot} and everything after it. */
  public LogFixture truncateFrom(long slot) {
    while (!entries.isEmpty() && lastSlot() >= slot) {
      entries.removeLast();
    }
    return this;
  }

  /** Forgets everything up to {@code slot}, which must be in the log. */
  public LogFixture dropThrough(long slot) {
    while (base.slot() < slot) {
      Entry first = entries.removeFirst();
      base = new LogBase(first.slot(), first.epoch(), first.hash());
      baseNextIndex = first.lastIndex() + 1;
      baseTimeFloorNanos = first.timeFloorNanos();
    }
    return this;
  }

  /** Forgets everything: the log is empty behind {@code snapshot}. */
  public LogFixture reset(SnapshotRef snapshot) {
    entries.clear();
    base = snapshot.base();
    baseNextIndex = snapshot.lastIndex() + 1;
    baseTimeFloorNanos = snapshot.timeFloorNanos();
    return this;
  }

  /** What stands before the first entry. */
  public LogBase base() {
    return base;
  }

  /** The base that a log would have if it began after {@code slot}. */
  public LogBase baseAt(long slot) {
    if (slot == base.slot()) {
      return base;
    }
    Entry entry = entry(slot);
    return new LogBase(slot, entry.epoch(), entry.hash());
  }

  /** A draft of a snapshot of the state after {@code slot}: no size, no checksum. */
  public SnapshotRef snapshotDraft(long slot) {
    Entry entry = entry(slot);
    byte[] configuration = new byte[0];
    for (Entry candidate : entries) {
      if (candidate.kind() == EntryKind.CONFIGURATION && candidate.slot() <= slot) {
        configuration = candidate.body();
      }
    }
    return new SnapshotRef(
        slot + "-" + entry.epoch() + "-" + Long.toHexString(entry.hash().high()),
        slot,
        entry.epoch(),
        entry.hash(),
        entry.lastIndex(),
        entry.timeFloorNanos(),
        configuration,
        0,
        new byte[32]);
  }

  /** The entry at {@code slot}, which must be in the log. */
  public Entry entry(long slot) {
    return entries.get((int) (slot - base.slot() - 1));
  }

  /** Entries of a range, both ends included. */
  public List<Entry> entries(long from, long through) {
    return List.copyOf(
        entries.subList((int) (from - base.slot() - 1), (int) (through - base.slot())));
  }

  /** All entries, ascending. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Slot of the first entry; one above {@link #lastSlot()} when there is none. */
  public long firstSlot() {
    return base.slot() + 1;
  }

  /** Last slot; the base's when the log is empty. */
  public long lastSlot() {
    return base.slot() + entries.size();
  }

  /** Epoch of the last slot. */
  public long lastEpoch() {
    return entries.isEmpty() ? base.epoch() : entries.getLast().epoch();
  }

  /** H of the last slot. */
  public ChainHash lastHash() {
    return entries.isEmpty() ? base.hash() : entries.getLast().hash();
  }

  /** A write with the next token; changes nothing here. */
  public DurableWrite write(
      byte @Nullable [] hardState,
      long truncateFrom,
      @Nullable LogBase newBase,
      List<Entry> append) {
    lastToken++;
    return new DurableWrite(lastToken, hardState, truncateFrom, newBase, append);
  }

  /** A write that appends; changes nothing here. */
  public DurableWrite append(List<Entry> append) {
    return write(null, 0, null, append);
  }

  private Entry control(EntryKind kind, long epoch, byte[] body) {
    return Entry.control(
        kind, lastSlot() + 1, epoch, nextIndex(), timeFloorNanos(), lastHash(), body);
  }

  private Entry add(Entry entry) {
    entries.add(entry);
    return entry;
  }

  private long nextIndex() {
    return entries.isEmpty() ? baseNextIndex : entries.getLast().lastIndex() + 1;
  }

  private long timeFloorNanos() {
    return entries.isEmpty() ? baseTimeFloorNanos : entries.getLast().timeFloorNanos();
  }
}
