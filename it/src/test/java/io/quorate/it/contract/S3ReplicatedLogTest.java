// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.contract;

import io.quorate.s3.endpoint.S3Endpoint;
import io.quorate.sim.contract.LogGroup;
import io.quorate.sim.contract.ReplicatedLogContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** All groups share one endpoint on a folder; each has a prefix of its own. */
final class S3ReplicatedLogTest implements ReplicatedLogContract {
  private static final AtomicInteger GROUPS = new AtomicInteger();

  @TempDir private static Path objects;
  private static S3Endpoint endpoint;

  @TempDir private Path folder;

  @BeforeAll
  static void startEndpoint() throws IOException {
    endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT.withFolder(objects));
  }

  @AfterAll
  static void stopEndpoint() {
    endpoint.close();
  }

  /**
   * A dead leader is missed after one second instead of three. The probe of the store has tests of
   * its own, and takes longer than all else here.
   */
  @Override
  public LogGroup group() {
    String backend =
        """
        backend = s3
        s3 {
          bucket = contract, prefix = "group-%d", endpoint = "%s", credentials = none
          probe = false, max-puts-per-second = 0
          heartbeat-interval = 100 ms, failure-timeout = 1 s, rank-stagger = 300 ms
          tail-quiet = 1 s
        }
        """
            .formatted(GROUPS.incrementAndGet(), endpoint.uri());
    return new NodeGroup(backend, folder);
  }
}
