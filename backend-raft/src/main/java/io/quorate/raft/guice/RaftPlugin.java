// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.guice;

import com.google.inject.Module;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.DataSize;
import io.quorate.node.config.DurationRange;
import io.quorate.node.plugin.BackendPlugin;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.RaftConfig.Pipeline;
import io.quorate.raft.RaftConfig.Safeguards;
import io.quorate.raft.RaftConfig.Snapshots;
import io.quorate.raft.RaftConfig.Timing;
import java.time.Duration;

/** Reads the section {@code quorate.raft}. */
public final class RaftPlugin implements BackendPlugin {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  @Override
  public String name() {
    return "raft";
  }

  @Override
  public Module configure(ConfigSection section) {
    return new RaftModule(read(section));
  }

  static RaftConfig read(ConfigSection section) {
    // Read in full before anything is refused, so that all wrong values are told at once.
    boolean leases = section.clusterWide().flag("lease-reads", Safeguards.defaults().leaseReads());
    // A lease rests on the timeouts of all voters and on one bound for their clocks. Without leases
    // each replica may have its own, so that they can be changed one replica after the other.
    ConfigSection shared = leases ? section.clusterWide() : section;
    Timed timed = timed(section, shared);
    Guarded guarded = guarded(section, shared);
    Pipeline pipeline = pipeline(section);
    Snapshots snapshots = snapshots(section);
    return new RaftConfig(
        new Timing(timed.election.min(), timed.election.max(), timed.heartbeat, timed.diskStall),
        new Safeguards(
            guarded.preVote, guarded.checkQuorum, leases, guarded.driftPermille / 1000.0),
        pipeline,
        snapshots);
  }

  private record Timed(DurationRange election, Duration heartbeat, Duration diskStall) {}

  private record Guarded(boolean preVote, boolean checkQuorum, int driftPermille) {}

  private static Timed timed(ConfigSection section, ConfigSection shared) {
    Timing byDefault = Timing.defaults();
    return new Timed(
        shared.range(
            "election-timeout",
            new DurationRange(byDefault.electionTimeoutMin(), byDefault.electionTimeoutMax())
                .toString()),
        section.duration("heartbeat-interval", byDefault.heartbeatInterval(), SHORTEST, LONGEST),
        section.duration("disk-stall-timeout", byDefault.diskStallTimeout(), SHORTEST, LONGEST));
  }

  private static Guarded guarded(ConfigSection section, ConfigSection shared) {
    Safeguards byDefault = Safeguards.defaults();
    return new Guarded(
        section.flag("pre-vote", byDefault.preVote()),
        section.flag("check-quorum", byDefault.checkQuorum()),
        shared.number(
            "clock-drift-max-permille",
            (int) Math.round(byDefault.clockDriftMax() * 1000),
            0,
            500));
  }

  private static Pipeline pipeline(ConfigSection section) {
    Pipeline byDefault = Pipeline.defaults();
    return new Pipeline(
        size(section, "append-size-max", byDefault.appendBytesMax(), 64L << 20).toIntBytes(),
        section.number("appends-in-flight-max", byDefault.appendsInFlightMax(), 1, 1024),
        size(section, "append-bytes-in-flight-max", byDefault.appendBytesInFlightMax(), 4L << 30)
            .bytes(),
        section.number("batches-in-flight-max", byDefault.batchesInFlightMax(), 1, 65536),
        size(section, "uncommitted-bytes-max", byDefault.uncommittedBytesMax(), 4L << 30).bytes(),
        size(section, "log-window", byDefault.logWindowBytes(), 16L << 30).bytes());
  }

  private static Snapshots snapshots(ConfigSection section) {
    Snapshots byDefault = Snapshots.defaults();
    return new Snapshots(
        size(section, "snapshot-chunk", byDefault.chunkBytes(), 64L << 20).toIntBytes(),
        section.size("retain-bytes", new DataSize(byDefault.retainBytes())).bytes(),
        section.number("retain-slots", (int) byDefault.retainSlots(), 0, Integer.MAX_VALUE));
  }

  private static DataSize size(ConfigSection section, String key, long byDefault, long maxBytes) {
    return section.size(
        key, new DataSize(byDefault), DataSize.ofKibibytes(1), new DataSize(maxBytes));
  }
}
