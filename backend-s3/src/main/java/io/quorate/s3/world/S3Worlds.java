// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.world;

import io.quorate.s3.S3Config;
import io.quorate.s3.backend.S3Backend;
import io.quorate.s3.backend.S3Variations;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.oracle.Traits;
import java.util.List;

/** S3 as the simulator runs it: a configuration for each seed, and the rules of its bucket. */
public final class S3Worlds {
  private S3Worlds() {}

  /** S3 with options drawn from the seed. */
  public static SimBackend swarm() {
    return new SimBackend(
        "s3",
        random -> new S3Backend(S3Variations.draw(random).with("")),
        () -> new S3Backend(S3Config.defaults().with("")),
        Traits.SHARED_STORE,
        () -> List.of(new BucketRules("")));
  }

  /** The same, but leaders' reads wait for what was sent before them, and are held to that. */
  public static SimBackend swarmWithBarrier() {
    return new SimBackend(
        "s3",
        random -> {
          S3Config drawn = S3Variations.draw(random).with("");
          S3Config.Reads reads = drawn.reads();
          return new S3Backend(
              drawn.with(
                  new S3Config.Reads(
                      reads.lease(), reads.clockDriftMax(), S3Config.ReadBarrier.SENT)));
        },
        Traits.SHARED_STORE_WITH_BARRIER,
        () -> List.of(new BucketRules("")));
  }

  /** S3 with this configuration. */
  public static SimBackend with(S3Config config) {
    return with(config, new BucketRules(config.prefix()));
  }

  /** S3 with this configuration, for one run that is watched by these rules. */
  public static SimBackend with(S3Config config, BucketRules rules) {
    boolean sent = config.reads().barrier() == S3Config.ReadBarrier.SENT;
    return new SimBackend(
        "s3",
        random -> new S3Backend(config),
        sent ? Traits.SHARED_STORE_WITH_BARRIER : Traits.SHARED_STORE,
        () -> List.of(rules));
  }
}
