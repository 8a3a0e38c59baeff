// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.story;

import static io.quorate.s3.story.Bucketful.SOON;
import static io.quorate.s3.story.Bucketful.by;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.s3.S3Config;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.objectstore.Hold;
import io.quorate.sim.objectstore.StoreOptions;
import io.quorate.sim.scenario.Scenario;
import io.quorate.sim.workload.KvClient.Pending;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the group promises, and what once went wrong; one failure each, told in order. */
final class S3StoriesTest {

  @Test // with the settings that ship: another leads 8 s after a kill
  void aKilledLeaderIsReplacedInTime() {
    Bucketful b = Bucketful.start(3, S3Config.defaults(), StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.crash(old);
    s.untilAnotherLeads(Duration.ofSeconds(8), old);
    s.await(s.client(1).put(1, 11));
    s.check();
  }

  @Test // with the settings that ship: a planned hand-over needs no detection
  void aPlannedHandOverTakesLessThanASecond() {
    Bucketful b = Bucketful.start(3, S3Config.defaults(), StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.run(Duration.ofSeconds(1));
    b.transfer(null);
    s.untilAnotherLeads(Duration.ofSeconds(1), old);
    s.await(s.client(1).put(1, 11));
    s.check();
  }

  @Test // replicas that told each other of a leader that none of them heard kept it alive for ever
  void aSuccessorThatIsFrozenIsNoticed() {
    Bucketful b = Bucketful.start(5);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    SimNode frozen = s.follower(2);
    s.pause(frozen);
    b.transfer(frozen);
    s.until(() -> !old.isLeader(), SOON, "the leader has sealed its epoch");
    s.until(() -> s.cluster().leader() != null, SOON, "somebody takes over");
    s.await(s.client(1).put(1, 11));
    s.check();
  }

  @Test // a follower showed what its leader did not know of, as a linearizable read
  void withoutTheBarrierFollowersServeNoLinearizableReads() {
    S3Config config =
        Bucketful.config()
            .with(new S3Config.Reads(Duration.ZERO, 0.01, S3Config.ReadBarrier.COMMITTED));
    Bucketful b = Bucketful.start(3, config, StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode leader = s.leader();
    final long n = b.next();
    Hold write = b.bucket().hold(b.data().and(by(leader)), 1);
    Hold readBack = b.bucket().hold(by(leader).and(b.slot(n)).and(r -> !r.mutates()), 1_000);
    final Pending first = s.client(1).put(1, 11);
    s.until(write::holds, SOON, "the slot is on its way");
    write.releaseSilently();
    for (int i = 0; i < 20; i++) {
      s.client(2 + i % 6).get(1, new ReadConsistency.Bounded(Duration.ofMillis(60)));
      s.run(Duration.ofMillis(20));
    }
    assertThat(s.follower(1).commitSlot() + s.follower(2).commitSlot())
        .as("a follower is ahead of the leader")
        .isGreaterThan(2 * leader.commitSlot());
    for (int client = 2; client < 8; client++) {
      s.await(s.client(client).get(1)); // of the followers' clients too
    }
    s.await(s.client(1).get(1));
    readBack.release();
    s.await(first);
    s.check();
  }

  @Test // nobody leads before the lease is over, and nobody takes that for a failure
  void waitingForALeaseIsNoSilence() {
    Bucketful b = Bucketful.start(3, Bucketful.leases(Duration.ofSeconds(2)), StoreOptions.CALM);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.isolate(old);
    b.untilAnotherLeads(old);
    assertThat(b.root().epoch()).isEqualTo(2);
    s.check();
  }

  @Test // disks are caches: all of them may be lost at once
  void allDisksAreLost() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    s.puts(1, 20, 10);
    b.publish();
    s.puts(1, 5, 10);
    s.happens("wipe n1+n2+n3 for 100ms");
    s.run(Duration.ofMillis(200));
    s.until(() -> s.cluster().leader() != null, SOON, "somebody leads again");
    Pending read = s.client(1).get(5);
    s.await(read);
    assertThat(read.value()).isEqualTo(1_005);
    s.check();
  }

  @Test // a store that nobody reaches stops the group, and nothing else
  void theStoreIsGoneForAWhile() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    s.happens("store-outage for 20s");
    final Pending write = s.client(1).put(1, 11);
    s.run(Duration.ofSeconds(19));
    assertThat(write.isDone()).isFalse();
    s.await(write);
    s.check();
  }

  @Test // one replica does not reach the store: it follows by push; a leader that does not, gives
  // way
  void theLeaderLosesTheStore() {
    Bucketful b = Bucketful.start(3);
    Scenario s = b.scenario();
    SimNode old = s.leader();
    s.happens("store-cut " + old.id());
    b.untilAnotherLeads(old);
    s.await(s.client(2).put(1, 12));
    s.check();
  }
}
