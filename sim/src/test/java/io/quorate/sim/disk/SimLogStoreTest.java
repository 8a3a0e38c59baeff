// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.sim.contract.LogDisk;
import io.quorate.sim.contract.LogStoreContract;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.SimulatedCrash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The simulated log keeps the contract of the real one, and breaks as it says. */
final class SimLogStoreTest implements LogStoreContract {
  private static final class Disk implements LogDisk {
    private final SimDisk disk = new SimDisk();

    @Override
    public LogStore open() {
      return store(disk, new CrashSwitch());
    }

    @Override
    public boolean corrupt(long slot, int offset) {
      return disk.rotEntry(slot, offset * 8);
    }

    @Override
    public boolean corruptHeader(long slot) {
      return disk.rotHeader(slot);
    }

    @Override
    public boolean misdirect(long slot, long other) {
      return disk.misdirect(slot, other);
    }
  }

  @Override
  public LogDisk disk() {
    return new Disk();
  }

  private static SimLogStore store(SimDisk disk, CrashSwitch power) {
    return new SimLogStore(disk, power, new SimRandom(1), (write, discarded) -> {});
  }

  private static List<DurableWrite> writes(int count) {
    List<DurableWrite> writes = new ArrayList<>();
    ChainHash before = ChainHash.ROOT;
    for (int slot = 1; slot <= count; slot++) {
      Entry entry =
          Entry.control(EntryKind.TAKEOVER, slot, 1, 1, slot, before, new byte[] {(byte) slot});
      before = entry.hash();
      writes.add(new DurableWrite(slot, null, 0, null, List.of(entry)));
    }
    return writes;
  }

  @Test
  void aCrashInsideAWriteLeavesItsFirstPartsWhole() {
    SimDisk disk = new SimDisk();
    CrashSwitch power = new CrashSwitch();
    SimLogStore store = store(disk, power);
    store.recover(null, 1_000);
    power.arm(3);
    assertThatThrownBy(() -> store.write(writes(5))).isInstanceOf(SimulatedCrash.class);
    assertThat(disk.lastSlot()).isEqualTo(2);
    assertThatThrownBy(() -> store.write(writes(5))).isInstanceOf(SimulatedCrash.class);
    assertThat(store(disk, new CrashSwitch()).recover(null, 1_000).epochs().lastSlot())
        .isEqualTo(2);
  }

  @Test
  void aFailedSyncLeavesABeginning() {
    SimDisk disk = new SimDisk();
    SimLogStore store = store(disk, new CrashSwitch());
    store.recover(null, 1_000);
    disk.failNextSync();
    List<DurableWrite> writes = writes(50);
    assertThatThrownBy(() -> store.write(writes)).isInstanceOf(StorageFault.class);
    assertThat(disk.lastSlot()).isLessThan(50);
  }

  @Test
  void aLostTailMakesTheHeadUncertainUntilItIsAsLongAgain() {
    SimDisk disk = new SimDisk();
    SimLogStore store = store(disk, new CrashSwitch());
    store.recover(null, 1_000);
    List<DurableWrite> writes = writes(5);
    store.write(writes);
    disk.loseTail(2);
    SimLogStore again = store(disk, new CrashSwitch());
    assertThat(again.recover(null, 1_000).headCertain()).isFalse();
    again.write(writes.subList(3, 5));
    assertThat(store(disk, new CrashSwitch()).recover(null, 1_000).headCertain()).isTrue();
  }
}
