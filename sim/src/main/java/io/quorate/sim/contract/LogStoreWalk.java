// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A random walk of one log store beside its model. */
final class LogStoreWalk implements AutoCloseable {
  private final Random random;
  private final LogFixture model = LogFixture.empty();
  private LogDisk disk;
  private LogStore store;
  private byte @Nullable [] hardState;
  private long epoch = 1;

  LogStoreWalk(LogDisk disk, long seed) throws IOException {
    this.random = new Random(seed);
    this.disk = disk;
    this.store = disk.open();
    store.recover(null, 0);
  }

  /** A walk of 120 steps on this disk, which it closes. */
  static void of(LogDisk disk, long seed) throws IOException {
    try (LogStoreWalk walk = new LogStoreWalk(disk, seed)) {
      for (int step = 0; step < 120; step++) {
        walk.step();
      }
      walk.checkRecovery();
    }
  }

  /** Writes a group, reads a range, and now and then restarts or loses power. */
  void step() throws IOException {
    List<DurableWrite> group = new ArrayList<>();
    int writes = 1 + random.nextInt(3);
    for (int i = 0; i < writes; i++) {
      group.add(write());
    }
    store.write(group);
    checkRange();
    if (random.nextInt(15) == 0) {
      checkRecovery();
    }
    if (random.nextInt(15) == 0) {
      losePower();
    }
  }

  /** Closes the store, opens it again and compares everything. */
  void checkRecovery() throws IOException {
    store.close();
    recover();
  }

  @Override
  public void close() throws IOException {
    store.close();
    disk.close();
  }

  private void losePower() throws IOException {
    Optional<LogDisk> crashed = disk.crashCopy();
    if (crashed.isPresent()) {
      close();
      disk = crashed.get();
      recover();
    }
  }

  private void recover() throws IOException {
    if (model.lastSlot() >= model.firstSlot() && random.nextInt(3) == 0) {
      recoverDamaged();
      return;
    }
    store = disk.open();
    LogStoreContract.assertState(store.recover(null, Long.MAX_VALUE), hardState, model);
  }

  /** Damages some entries, finds them, and puts them back, unless they go before that. */
  private void recoverDamaged() throws IOException {
    TreeSet<Long> damaged = new TreeSet<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      long slot = pick(model.firstSlot(), model.lastSlot());
      if (!damaged.contains(slot)
          && disk.corrupt(slot, 8 + random.nextInt(Entry.HEADER_BYTES - 8))) {
        damaged.add(slot);
      }
    }
    store = disk.open();
    DurableState state = store.recover(null, Long.MAX_VALUE);
    List<Entry> repair = new ArrayList<>();
    for (FaultySlot faulty : state.faulty()) {
      repair.add(model.entry(faulty.slot()));
    }
    long[] slots = damaged.stream().mapToLong(slot -> slot).toArray();
    assertThat(state.faulty()).isEqualTo(DamagedLogContract.faulty(model, slots));
    assertThat(state.head().hash()).isEqualTo(model.lastHash());
    store.write(List.of(DurableWrite.repairing(1, repair), write()));
  }

  private DurableWrite write() {
    if (random.nextInt(4) == 0) {
      hardState = new byte[random.nextInt(40)];
      random.nextBytes(hardState);
    }
    long truncateFrom = 0;
    LogBase base = null;
    if (random.nextInt(30) == 0) {
      truncateFrom = model.firstSlot();
      base = reset();
    } else {
      if (random.nextInt(5) == 0 && model.lastSlot() >= model.firstSlot()) {
        truncateFrom = pick(model.firstSlot(), model.lastSlot());
        model.truncateFrom(truncateFrom);
        epoch++;
      }
      if (random.nextInt(8) == 0) {
        base = model.baseAt(pick(model.base().slot(), model.lastSlot()));
        model.dropThrough(base.slot());
      }
    }
    return model.write(hardState, truncateFrom, base, append());
  }

  private LogBase reset() {
    LogFixture elsewhere = model.fork();
    epoch++;
    elsewhere.random(epoch, 1 + random.nextInt(20), 10);
    SnapshotRef snapshot = elsewhere.snapshotDraft(elsewhere.lastSlot());
    model.reset(snapshot);
    return snapshot.base();
  }

  private List<Entry> append() {
    List<Entry> added = new ArrayList<>();
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(6)) {
        case 0 -> added.add(model.takeover(++epoch));
        case 1 -> added.add(model.configuration(epoch, "configuration " + epoch));
        default -> added.add(model.random(epoch, random.nextInt(400)));
      }
    }
    return added;
  }

  private void checkRange() {
    if (model.lastSlot() < model.firstSlot()) {
      return;
    }
    long from = pick(model.firstSlot(), model.lastSlot());
    long through = pick(from, model.lastSlot());
    int bytesMax = random.nextInt(3000);
    long bytes = model.entry(from).sizeBytes();
    long last = from;
    while (last < through && bytes + model.entry(last + 1).sizeBytes() <= bytesMax) {
      last++;
      bytes += model.entry(last).sizeBytes();
    }
    LogStoreContract.assertSame(store.read(from, through, bytesMax), model.entries(from, last));
  }

  private long pick(long from, long through) {
    return from + random.nextLong(through - from + 1);
  }
}
