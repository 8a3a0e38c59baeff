// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static io.quorate.s3.protocol.Bench.A;
import static io.quorate.s3.protocol.Bench.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.log.DurableWrite;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.s3.protocol.Bench.Member;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A.5.9, A.10-24: which roots are refused, and how the replica says so. */
class RootRulesTest {
  private final Bench bench = new Bench(A, B);

  private Member leader() {
    Member a = bench.start(A);
    bench.settle();
    return a;
  }

  private static byte[] remembered(Member member) {
    DurableWrite last = member.out.writes.getLast();
    byte[] state = last.hardState();
    if (state == null) {
      throw new AssertionError("no hard state in " + last);
    }
    return state;
  }

  @Test
  void theNewestRootIsRemembered() {
    Member a = leader();
    assertThat(a.out.writes).hasSize(1);
    assertThat(a.out.writes.getLast().append()).isEmpty();
  }

  @Test
  void aRootThatWentBackIsRefusedAfterARestart() {
    Member a = leader();
    byte[] first = bench.bucket.get(bench.keys.root());
    bench.running.clear();
    Member again = bench.start(A, Bench.disk(remembered(a), null));
    bench.settle();
    assertThat(bench.root().epoch()).isEqualTo(2);
    byte[] state = remembered(again);
    bench.running.clear();
    bench.bucket.put(bench.keys.root(), first);
    Member third = bench.start(A, Bench.disk(state, null));
    third.settle();
    assertThat(third.out.halts).isNotEmpty();
    assertThat(third.out.halts.getFirst())
        .contains(bench.keys.root())
        .contains("went back to version 1")
        .contains("has seen version 2");
    assertThat(bench.root().epoch()).isEqualTo(1); // untouched
  }

  @Test
  void aRootThatWentBackIsRefusedByARunningReplica() {
    Member a = leader();
    byte[] first = bench.bucket.get(bench.keys.root());
    bench.running.clear();
    Member again = bench.start(A, Bench.disk(remembered(a), null));
    bench.settle();
    bench.bucket.put(bench.keys.root(), first);
    again.read(io.quorate.api.ReadConsistency.LINEARIZABLE);
    again.settle();
    assertThat(again.out.halts).isNotEmpty();
    assertThat(again.out.answers).isEmpty();
  }

  @Test
  void theRootOfAnotherGroupIsRefused() {
    Member a = leader();
    byte[] state = remembered(a);
    bench.running.clear();
    Bench other = new Bench(A, B);
    other.start(B);
    other.start(A);
    other.settle();
    bench.bucket.put(bench.keys.root(), other.bucket.get(other.keys.root()));
    if (other.root().group().equals(new UUID(0, 0))) {
      throw new AssertionError("groups must be told apart");
    }
    Bench fresh = new Bench(A, B);
    // Another seed founds another group of the same name.
    fresh.start(B);
    Member stranger = fresh.start(A);
    stranger.settle();
    bench.bucket.put(bench.keys.root(), fresh.bucket.get(fresh.keys.root()));
    Member again = bench.start(A, Bench.disk(state, null));
    again.settle();
    assertThat(again.out.halts).isNotEmpty();
    assertThat(again.out.halts.getFirst())
        .contains(bench.keys.root())
        .contains("another group")
        .contains("quorate.s3.prefix");
  }

  @Test
  void aRootThatIsGoneIsNotFoundedAnew() {
    Member a = leader();
    byte[] state = remembered(a);
    bench.running.clear();
    bench.bucket.remove(bench.keys.root());
    Member again = bench.start(A, Bench.disk(state, null));
    again.settle();
    assertThat(again.out.halts).isNotEmpty();
    assertThat(again.out.halts.getFirst()).contains(bench.keys.root()).contains("is gone");
    assertThat(bench.bucket.has(bench.keys.root())).isFalse();
  }

  @Test
  void aDamagedRootHaltsAndIsLeftAsItIs() {
    leader();
    bench.running.clear();
    byte[] bytes = bench.bucket.get(bench.keys.root()).clone();
    bytes[90] ^= 1;
    bench.bucket.put(bench.keys.root(), bytes);
    Member b = bench.start(B);
    b.settle();
    assertThat(b.out.halts).isNotEmpty();
    assertThat(b.out.halts.getFirst()).contains(bench.keys.root());
    assertThat(bench.bucket.executed.getLast()).isInstanceOf(ObjectRequest.Get.class);
  }

  @Test
  void anAnswerThatWasUnderWayWhileTheRootMovedIsNoFault() {
    Member a = leader();
    Member b = bench.start(B);
    bench.run(Duration.ofSeconds(1));
    b.held = true;
    b.wait(Duration.ofSeconds(1));
    bench.run(Duration.ofSeconds(1));
    assertThat(b.out.halts).isEmpty();
    assertThat(a.out.halts).isEmpty();
  }

  @Test
  void aLostDiskLosesNothing() {
    Member a = leader();
    a.submit();
    bench.settle();
    bench.running.clear();
    Member again = bench.start(A);
    bench.settle();
    assertThat(again.leads()).isTrue();
    assertThat(again.committed()).isEqualTo(3);
  }
}
