// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.api.NodeId;
import io.quorate.core.port.ObjectStore;
import io.quorate.sim.objectstore.SimBucket;
import io.quorate.sim.objectstore.StoreOptions;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.World;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Nested;

/** The simulated store keeps what every store promises, on a good day and on a bad one. */
final class SimObjectStoreContractTest {

  @Nested
  final class Calm implements ObjectStoreContract {
    @Override
    public ObjectBucket bucket() {
      return new Bucket(StoreOptions.CALM);
    }
  }

  @Nested
  final class Odd implements ObjectStoreContract {
    @Override
    public ObjectBucket bucket() {
      Bucket bucket =
          new Bucket(new StoreOptions(1_000_000, 5_000_000, 0.1, 100_000_000, 0.3, 3, false));
      bucket.store.faults().slow("p.2", 50_000_000);
      return bucket;
    }
  }

  private static final class Bucket implements ObjectBucket {
    private final World world = new World(1, 50_000_000, new TraceLog(false));
    private final SimBucket store;
    private int opened;

    Bucket(StoreOptions options) {
      store = new SimBucket(world, options);
    }

    @Override
    public ObjectStore open() {
      opened++;
      return store.open(NodeId.of("n" + opened), 1, new CrashSwitch());
    }

    @Override
    public boolean threaded() {
      return false;
    }

    @Override
    public boolean await(BooleanSupplier condition) {
      return world.runUntil(condition, world.now() + 60_000_000_000L);
    }
  }
}
