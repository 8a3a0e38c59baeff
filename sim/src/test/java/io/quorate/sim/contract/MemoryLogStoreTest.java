// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

final class MemoryLogStoreTest implements LogStoreContract {
  @Override
  public LogDisk disk() {
    return new MemoryLogStore.Disk();
  }
}
