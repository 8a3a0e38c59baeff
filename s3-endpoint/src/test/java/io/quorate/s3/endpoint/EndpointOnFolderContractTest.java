// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import io.quorate.sim.contract.ObjectBucket;
import io.quorate.sim.contract.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class EndpointOnFolderContractTest implements ObjectStoreContract {
  @TempDir Path temporary;

  @Override
  public ObjectBucket bucket() throws IOException {
    return EndpointBucket.start(S3Endpoint.Options.DEFAULT.withFolder(temporary));
  }
}
