package io.quorate.raft.world;

import io.quorate.core.protocol.Backend;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.sim.cluster.SimBackend;
import io.quorate.sim.oracle.Traits;
import io.quorate.sim.world.SimRandom;
import java.time.Duration;
import java.util.List;

/** Raft as the simulator runs it: a configuration for each seed, and the rules of its votes. */
public final class RaftWorlds {
  private RaftWorlds() {}

  /** Raft with options drawn from the seed. */
  public static SimBackend swarm() {
    // A follower cannot know how long the leader's proof of freshness was under way.
    return new SimBackend(
        "raft",
        RaftWorlds::draw,
        Traits.REPLICATED_DISKS.withoutTransit(),
        () -> List.of(new VoteRules()));
  }

  /** Raft with this configuration. */
  public static SimBackend with(RaftConfig config) {
    return new SimBackend(
        "raft",
        random -> new RaftBackend(config),
        Traits.REPLICATED_DISKS.withoutTransit(),
        () -> List.of(new VoteRules()));
  }

  private static Backend draw(SimRandom random) {
    long heartbeat = random.logBetween(10, 60);
    long electionMin = heartbeat * random.between(3, 8);
    long electionMax = electionMin + random.between(electionMin / 2, electionMin * 2);
    return new RaftBackend(
        new RaftConfig(
            new RaftConfig.Timing(
                Duration.ofMillis(electionMin),
                Duration.ofMillis(electionMax),
                Duration.ofMillis(heartbeat),
                Duration.ofMillis(random.logBetween(300, 3_000))),
            new RaftConfig.Safeguards(true, true, random.chance(0.5), 0.01),
            new RaftConfig.Pipeline(
                (int) random.logBetween(500, 100_000),
                (int) random.logBetween(1, 64),
                random.logBetween(2_000, 1 << 20),
                (int) random.logBetween(1, 32),
                random.logBetween(5_000, 1 << 20),
                random.logBetween(500, 1 << 20)),
            new RaftConfig.Snapshots(
                (int) random.logBetween(300, 100_000),
                random.chance(0.5) ? 0 : random.logBetween(100, 100_000),
                random.chance(0.5) ? 0 : random.logBetween(1, 300))));
  }
}
