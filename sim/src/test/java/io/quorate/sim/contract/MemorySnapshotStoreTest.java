// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

final class MemorySnapshotStoreTest implements SnapshotStoreContract {
  @Override
  public SnapshotDisk snapshotDisk() {
    return new MemorySnapshotStore.Disk();
  }
}
