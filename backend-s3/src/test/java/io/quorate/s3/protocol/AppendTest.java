// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import static io.quorate.s3.protocol.Bench.A;
import static io.quorate.s3.protocol.Bench.B;
import static io.quorate.s3.protocol.Bench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.protocol.Bench.Member;
import io.quorate.sim.contract.RecordingEffects;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A.5.3: the append pipeline. */
class AppendTest {
  private final Bench bench = new Bench(A);

  private Member leader() {
    Member leader = bench.start(A);
    leader.settle();
    assertThat(leader.leads()).isTrue();
    assertThat(leader.committed()).isEqualTo(1); // the takeover entry
    return leader;
  }

  @Test
  void oneCreateCarriesOneBatch() {
    Member leader = leader();
    int before = bench.bucket.executed.size();
    assertThat(leader.submit()).isEqualTo(2);
    leader.settle();
    assertThat(leader.committed()).isEqualTo(2);
    assertThat(bench.bucket.executed.subList(before, bench.bucket.executed.size()))
        .singleElement()
        .isInstanceOf(ObjectRequest.Create.class);
  }

  @Test
  void theStatusTellsRootSegmentWindowAndTrouble() {
    Member leader = leader();
    assertThat(leader.core.status().details())
        .containsEntry("root_version", "1")
        .containsEntry("segment", "epoch 1 from slot 1")
        .containsEntry("watermark", "slot 1")
        .containsEntry("window", "0 of 4 slots in flight")
        .doesNotContainKey("trouble");
    leader.submit();
    leader.submit();
    assertThat(leader.core.status().details()).containsEntry("window", "2 of 4 slots in flight");
    leader.answer(
        leader.take(ObjectRequest.Create.class, slot(1, 2)),
        new ObjectResult.Refused("no permission"));
    assertThat(leader.core.status().details())
        .hasEntrySatisfying(
            "trouble",
            trouble -> assertThat(trouble).contains("the store refuses", "no permission"));
  }

  @Test
  void onlyTheContiguousPrefixIsAcknowledged() {
    Member leader = leader();
    leader.submit();
    leader.submit();
    leader.submit();
    leader.carryOut(leader.take(ObjectRequest.Create.class, slot(1, 4)));
    leader.carryOut(leader.take(ObjectRequest.Create.class, slot(1, 3)));
    assertThat(leader.committed()).isEqualTo(1);
    leader.carryOut(leader.take(ObjectRequest.Create.class, slot(1, 2)));
    assertThat(leader.committed()).isEqualTo(4);
  }

  static Stream<Arguments> unclearAnswers() {
    return Stream.of(
        Arguments.of("412", new ObjectResult.PreconditionFailed()),
        Arguments.of("409", new ObjectResult.Conflict()),
        Arguments.of("503", new ObjectResult.Throttled()),
        Arguments.of("500", new ObjectResult.Unclear("500")),
        Arguments.of("403", new ObjectResult.Refused("no permission")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unclearAnswers")
  void whateverTheAnswerAnExecutedWriteBecomesDurable(String name, ObjectResult result) {
    Member leader = leader();
    leader.submit();
    RecordingEffects.Asked create = leader.take(ObjectRequest.Create.class, slot(1, 2));
    bench.bucket.execute(create.request());
    leader.answer(create, result);
    bench.run(Duration.ofSeconds(10));
    assertThat(leader.committed()).isEqualTo(2);
    assertThat(leader.leads()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unclearAnswers")
  void whateverTheAnswerAWriteThatWasNotExecutedIsResentWithTheSameBytes(
      String name, ObjectResult result) {
    Member leader = leader();
    leader.submit();
    RecordingEffects.Asked create = leader.take(ObjectRequest.Create.class, slot(1, 2));
    leader.answer(create, result);
    bench.run(Duration.ofSeconds(10));
    assertThat(leader.committed()).isEqualTo(2);
    assertThat(bench.bucket.get(create.request().key()))
        .isEqualTo(((ObjectRequest.Create) create.request()).bytes());
  }

  @Test
  void a412AfterTheOwnWriteIsDurableIsNoFailure() {
    Member leader = leader();
    leader.submit();
    leader.loseAnswer(leader.take(ObjectRequest.Create.class, slot(1, 2)));
    leader.carryOut(leader.take(ObjectRequest.Get.class, slot(1, 2)));
    assertThat(leader.committed()).isEqualTo(2);
    assertThat(leader.out.notCommitted).isEmpty();
  }

  @Test
  void aSealedSlotEndsTheLeadershipWithExactOutcomes() {
    Member leader = leader();
    leader.submit();
    leader.submit();
    leader.submit();
    bench.seal(1, 3);
    leader.settle();
    assertThat(leader.committed()).isEqualTo(2);
    assertThat(leader.out.notCommitted)
        .singleElement()
        .satisfies(answer -> {
          assertThat(answer.fromSlot()).isEqualTo(3);
          assertThat(answer.why().code()).isEqualTo(RefusalCode.NOT_COMMITTED);
        });
    // Slot 4 was stored, beyond the end: an orphan.
    assertThat(bench.object(1, 4)).isInstanceOf(StoredObject.Data.class);
    // Nobody has taken over: after a while this replica does, with a new epoch.
    bench.run(Duration.ofSeconds(2));
    assertThat(leader.leads()).isTrue();
    assertThat(bench.root().epoch()).isEqualTo(2);
    assertThat(bench.root().open().start()).isEqualTo(3);
    assertThat(leader.committed()).isEqualTo(3);
  }

  @Test
  void foreignDataUnderAnOwnKeyHalts() {
    Member leader = leader();
    leader.submit();
    RecordingEffects.Asked create = leader.take(ObjectRequest.Create.class, slot(1, 2));
    byte[] bytes = ((ObjectRequest.Create) create.request()).bytes().clone();
    bytes[bytes.length - 1] ^= 1;
    bench.bucket.put(create.request().key(), bytes);
    leader.carryOut(create);
    leader.settle();
    assertThat(leader.out.halts).isNotEmpty();
    assertThat(leader.out.halts.getFirst()).contains(create.request().key()).contains("restart");
    assertThat(leader.committed()).isEqualTo(1);
  }

  @Test
  void nothingIsAdmittedWhileTheWindowIsFull() {
    Member leader = leader();
    for (int i = 0; i < 4; i++) {
      assertThat(leader.core.saturated(false, bench.now())).isFalse();
      leader.submit();
    }
    assertThat(leader.core.saturated(true, bench.now())).isTrue();
    leader.carryOut(leader.take(ObjectRequest.Create.class, slot(1, 2)));
    assertThat(leader.core.saturated(true, bench.now())).isFalse();
  }

  @Test
  void theHeadOfTheLineIsSentOnceMoreWhenItIsLate() {
    Member leader = leader();
    for (int i = 0; i < 40; i++) {
      leader.submit();
      bench.advance(Duration.ofMillis(20));
      leader.settle();
    }
    long slot = leader.submit();
    RecordingEffects.Asked first = leader.take(ObjectRequest.Create.class, slot(1, slot));
    leader.wait(Duration.ofMillis(50));
    RecordingEffects.Asked second = leader.take(ObjectRequest.Create.class, slot(1, slot));
    assertThat(((ObjectRequest.Create) second.request()).bytes())
        .isEqualTo(((ObjectRequest.Create) first.request()).bytes());
    leader.carryOut(second);
    assertThat(leader.committed()).isEqualTo(slot);
    leader.carryOut(first); // 412, of its own twin
    leader.settle();
    assertThat(leader.committed()).isEqualTo(slot);
    assertThat(leader.leads()).isTrue();
  }

  @Test
  void aLeaderThatTheStoreDoesNotAnswerAdmitsNothingAndGoesOnResolving() {
    Bench two = new Bench(A, B);
    Member leader = two.start(A);
    leader.settle();
    leader.held = true;
    leader.submit();
    RecordingEffects.Asked create = leader.take(ObjectRequest.Create.class, slot(1, 2));
    leader.wait(Duration.ofSeconds(11));
    assertThat(leader.phase()).isEqualTo("STALLED");
    assertThat(leader.submit()).isEqualTo(-1);
    assertThat(leader.core.status().roleReason()).contains("the store");
    leader.out.sent.clear();
    leader.wait(Duration.ofSeconds(2));
    assertThat(leader.out.sent).isEmpty(); // others may fare better
    leader.carryOut(create);
    leader.settle();
    leader.held = false;
    two.run(Duration.ofSeconds(2));
    assertThat(leader.leads()).isTrue();
    assertThat(leader.committed()).isEqualTo(2);
  }
}
