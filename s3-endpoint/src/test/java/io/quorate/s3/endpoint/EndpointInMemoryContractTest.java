// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import io.quorate.sim.contract.ObjectBucket;
import io.quorate.sim.contract.ObjectStoreContract;
import java.io.IOException;

/** The adapter of the AWS SDK and the server prove each other. */
final class EndpointInMemoryContractTest implements ObjectStoreContract {
  @Override
  public ObjectBucket bucket() throws IOException {
    return EndpointBucket.start(S3Endpoint.Options.DEFAULT);
  }
}
