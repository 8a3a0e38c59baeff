// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

final class MemoryObjectStoreTest implements ObjectStoreContract {
  @Override
  public ObjectBucket bucket() {
    return new MemoryObjectStore.Bucket();
  }
}
