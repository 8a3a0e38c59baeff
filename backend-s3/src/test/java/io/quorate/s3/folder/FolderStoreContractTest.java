// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import io.quorate.core.port.ObjectStore;
import io.quorate.sim.contract.ObjectBucket;
import io.quorate.sim.contract.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class FolderStoreContractTest implements ObjectStoreContract {
  @TempDir Path temporary;

  @Override
  public ObjectBucket bucket() {
    return new ObjectBucket() {
      @Override
      public ObjectStore open() throws IOException {
        return FolderStore.open(temporary);
      }

      @Override
      public int rounds() {
        return 20;
      }
    };
  }
}
