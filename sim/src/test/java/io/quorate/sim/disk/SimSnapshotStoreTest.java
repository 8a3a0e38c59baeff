// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.disk;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.SnapshotStore;
import io.quorate.sim.contract.SnapshotDisk;
import io.quorate.sim.contract.SnapshotStoreContract;
import io.quorate.sim.world.CrashSwitch;

/** The simulated snapshots keep the contract of the real ones. */
final class SimSnapshotStoreTest implements SnapshotStoreContract {
  private static final class Disk implements SnapshotDisk {
    private final SimDisk disk = new SimDisk();

    @Override
    public SnapshotStore open() {
      return new SimSnapshotStore(disk, new CrashSwitch());
    }

    @Override
    public boolean corrupt(SnapshotRef snapshot, long offset) {
      return false; // damage is known at once here, while the real one finds it in the bytes
    }
  }

  @Override
  public SnapshotDisk snapshotDisk() {
    return new Disk();
  }
}
