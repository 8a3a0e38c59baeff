// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.mutant;

import io.quorate.sim.mutant.MutantCase;
import io.quorate.sim.mutant.MutantCase.Worlds;
import io.quorate.sim.mutant.MutantSuite;
import io.quorate.sim.mutant.SourceMutant;
import java.util.List;

/** Each rule of Raft is missed by somebody. */
final class RaftMutantsTest implements MutantSuite {
  @Override
  public List<MutantCase> mutants() {
    return List.of(
        swarm(RaftMutants.acknowledgeBeforeSync(), 2),
        swarm(RaftMutants.truncateOnShortAppend(), 3),
        swarm(RaftMutants.readBeforeNoop(), 4),
        swarm(RaftMutants.noDedupe(), 3),
        swarm(RaftMutants.boundedWithoutBound(), 2),
        swarm(RaftMutants.localBeforeIndex(), 11),
        swarm(RaftMutants.sessionsLost(), 3),
        new MutantCase(
            RaftMutants.releaseBeforeSync(),
            new Worlds(Grounds.DeathInSync.class, 7, 1),
            "durable on 1 of 3"),
        new MutantCase(
            RaftMutants.voteBeforePersist(),
            new Worlds(Grounds.Restarts.class, 2, 12),
            "two leaders in epoch"),
        new MutantCase(
            RaftMutants.oldTermsCounted(), new Worlds(Grounds.Elections.class, 1, 10), ""),
        new MutantCase(
            RaftMutants.readWithoutRound(),
            new Worlds(Grounds.LostLeader.class, 1, 4),
            "stale read"),
        new MutantCase(
            RaftMutants.leaseKeptAcrossTransfer(),
            new Worlds(Grounds.Handovers.class, 8, 12),
            "stale read"),
        new MutantCase(
            RaftMutants.damageDenied(),
            new Worlds(Grounds.DamagedTwice.class, 3, 1),
            "throws away the committed"));
  }

  private static MutantCase swarm(SourceMutant mutant, long seed) {
    return new MutantCase(mutant, new Worlds(Grounds.Swarm.class, seed, 15), "");
  }
}
