// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.contract;

import io.quorate.sim.contract.LogGroup;
import io.quorate.sim.contract.ReplicatedLogContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class RaftReplicatedLogTest implements ReplicatedLogContract {
  @TempDir private Path folder;

  @Override
  public LogGroup group() {
    return new NodeGroup("backend = raft", folder);
  }
}
