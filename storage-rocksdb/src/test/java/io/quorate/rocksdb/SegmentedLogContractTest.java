// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.sim.contract.LogDisk;
import io.quorate.sim.contract.LogStoreContract;
import java.io.IOException;

/** Also with what a torn group leaves behind the end, in every copy of a crashed disk. */
final class SegmentedLogContractTest implements LogStoreContract {
  @Override
  public LogDisk disk() throws IOException {
    return new Disks.Log(Disks.fresh(), LogKind.SEGMENTS);
  }
}
