// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import io.quorate.sim.contract.ObjectBucket;
import io.quorate.sim.contract.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * The folder under the server has the suite by itself, and so has the server in memory: both at
 * once are worth their time only now and then.
 */
@Tag("slow")
final class EndpointOnFolderContractTest implements ObjectStoreContract {
  @TempDir Path temporary;

  @Override
  public ObjectBucket bucket() throws IOException {
    return EndpointBucket.start(S3Endpoint.Options.DEFAULT.withFolder(temporary));
  }
}
