// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import io.quorate.core.port.ObjectStore;
import io.quorate.s3.aws.AwsObjectStore;
import io.quorate.s3.aws.BucketAccess;
import io.quorate.sim.contract.ObjectBucket;
import java.io.IOException;

/** A bucket of an embedded server, through the AWS SDK. */
record EndpointBucket(S3Endpoint endpoint) implements ObjectBucket {
  static final BucketAccess.Keys KEYS = new BucketAccess.Keys("any", "thing");

  static EndpointBucket start(S3Endpoint.Options options) throws IOException {
    return new EndpointBucket(S3Endpoint.start(options));
  }

  static BucketAccess access(S3Endpoint endpoint) {
    return BucketAccess.at(endpoint.uri(), "orders").withKeys(KEYS);
  }

  @Override
  public ObjectStore open() {
    return AwsObjectStore.open(access(endpoint));
  }

  @Override
  public int rounds() {
    return 10;
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
