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
        Traits.SHARED_STORE,
        () -> List.of(new BucketRules("")));
  }

  /** S3 with this configuration. */
  public static SimBackend with(S3Config config) {
    return with(config, new BucketRules(config.prefix()));
  }

  /** S3 with this configuration, for one run that is watched by these rules. */
  public static SimBackend with(S3Config config, BucketRules rules) {
    return new SimBackend(
        "s3", random -> new S3Backend(config), Traits.SHARED_STORE, () -> List.of(rules));
  }
}
