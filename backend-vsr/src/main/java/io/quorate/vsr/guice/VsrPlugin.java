// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.guice;

import com.google.inject.Module;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.DataSize;
import io.quorate.node.plugin.BackendPlugin;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.VsrConfig.Pipeline;
import io.quorate.vsr.VsrConfig.Safeguards;
import io.quorate.vsr.VsrConfig.Snapshots;
import io.quorate.vsr.VsrConfig.Timing;
import java.time.Duration;

/**
 * Reads the section {@code quorate.vsr}:
 *
 * <pre>
 * view-change-timeout = 300 ms       a replica waits between half of it and all of it
 * heartbeat-interval = 50 ms
 * disk-stall-timeout = 2 s
 * replication-quorum = 0             0: a majority
 * view-change-quorum = 0             0: as few as are enough; with the other one, more than all
 * lease-reads = false
 * clock-drift-max-permille = 10
 * clock-tolerance = 500 ms
 * prepare-size-max = 1 MiB           ops in one answer to a replica that lags
 * ahead-bytes-max = 16 MiB           ops that a backup keeps while it waits for earlier ones
 * batches-in-flight-max = 32
 * uncommitted-bytes-max = 16 MiB
 * log-window = 4 MiB
 * snapshot-chunk = 1 MiB
 * retain-slots = 1024
 * </pre>
 */
public final class VsrPlugin implements BackendPlugin {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  @Override
  public String name() {
    return "vsr";
  }

  @Override
  public Module configure(ConfigSection section) {
    return new VsrModule(read(section));
  }

  static VsrConfig read(ConfigSection section) {
    // Read in full before anything is refused, so that all wrong values are told at once.
    Safeguards byDefault = Safeguards.defaults();
    boolean leases = section.clusterWide().flag("lease-reads", byDefault.leaseReads());
    // A lease rests on the timeouts of all replicas and on one bound for their clocks. Without
    // leases each may have its own, so that they can be changed one replica after the other.
    ConfigSection shared = leases ? section.clusterWide() : section;
    Timing timing = Timing.defaults();
    Duration patience =
        shared.duration("view-change-timeout", timing.viewChangeTimeout(), SHORTEST, LONGEST);
    Duration heartbeat =
        section.duration("heartbeat-interval", timing.heartbeatInterval(), SHORTEST, LONGEST);
    Duration stall =
        section.duration("disk-stall-timeout", timing.diskStallTimeout(), SHORTEST, LONGEST);
    int drift =
        shared.number(
            "clock-drift-max-permille", (int) Math.round(byDefault.clockDriftMax() * 1000), 0, 500);
    Duration tolerance =
        section.duration("clock-tolerance", byDefault.clockToleranceMax(), SHORTEST, LONGEST);
    int replication = section.clusterWide().number("replication-quorum", 0, 0, 1024);
    int viewChange = section.clusterWide().number("view-change-quorum", 0, 0, 1024);
    Pipeline pipeline = pipeline(section);
    Snapshots snapshots = snapshots(section);
    return new VsrConfig(
        new Timing(patience, heartbeat, stall),
        new Safeguards(leases, drift / 1000.0, tolerance, replication, viewChange),
        pipeline,
        snapshots);
  }

  private static Pipeline pipeline(ConfigSection section) {
    Pipeline byDefault = Pipeline.defaults();
    return new Pipeline(
        size(section, "prepare-size-max", byDefault.prepareBytesMax(), 64L << 20).toIntBytes(),
        size(section, "ahead-bytes-max", byDefault.aheadBytesMax(), 4L << 30).bytes(),
        section.number("batches-in-flight-max", byDefault.batchesInFlightMax(), 1, 65536),
        size(section, "uncommitted-bytes-max", byDefault.uncommittedBytesMax(), 4L << 30).bytes(),
        size(section, "log-window", byDefault.logWindowBytes(), 16L << 30).bytes());
  }

  private static Snapshots snapshots(ConfigSection section) {
    Snapshots byDefault = Snapshots.defaults();
    return new Snapshots(
        size(section, "snapshot-chunk", byDefault.chunkBytes(), 64L << 20).toIntBytes(),
        section.number("retain-slots", (int) byDefault.retainSlots(), 0, Integer.MAX_VALUE));
  }

  private static DataSize size(ConfigSection section, String key, long byDefault, long maxBytes) {
    return section.size(
        key, new DataSize(byDefault), DataSize.ofKibibytes(1), new DataSize(maxBytes));
  }
}
