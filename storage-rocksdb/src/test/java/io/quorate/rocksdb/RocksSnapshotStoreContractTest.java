// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.sim.contract.SnapshotDisk;
import io.quorate.sim.contract.SnapshotStoreContract;
import java.io.IOException;

final class RocksSnapshotStoreContractTest implements SnapshotStoreContract {
  @Override
  public SnapshotDisk snapshotDisk() throws IOException {
    return new Disks.Snapshots(Disks.fresh());
  }
}
