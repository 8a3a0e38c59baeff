// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.Slab;
import io.quorate.core.port.Gateway.ReplySink;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatcherTest {
  private static final int RECORD = Slab.RECORD_HEADER_BYTES;

  private static final class Sink implements ReplySink {
    private final List<String> seen = new ArrayList<>();

    @Override
    public void done(long tag, long index, long epoch, byte[] result) {
      seen.add("done " + tag);
    }

    @Override
    public void refused(long tag, Refusal refusal) {
      seen.add("refused " + tag);
    }

    @Override
    public void flush() {
      seen.add("flush");
    }
  }

  private final Sink sink = new Sink();

  private long appendTo(Batcher batcher, long session, long sequence) {
    return batcher.appendUnlessRepeated(session, sequence, 1, new byte[1], 0, 1, sink, 0);
  }

  @Test
  void aCommandThatIsSentAgainIsNotAddedAgain() {
    Batcher batcher = new Batcher(1 << 20, 4096);
    long generation = batcher.admittedGeneration();
    for (long sequence = 5; sequence <= 9; sequence++) {
      assertThat(appendTo(batcher, 7, sequence)).isZero();
      assertThat(appendTo(batcher, 8, sequence)).isZero();
    }
    for (long sequence = 5; sequence <= 9; sequence++) {
      assertThat(appendTo(batcher, 7, sequence)).isEqualTo(generation);
    }
    assertThat(appendTo(batcher, 7, 4)).as("of another leader's time, perhaps").isZero();
    assertThat(appendTo(batcher, 7, 10)).isZero();
    assertThat(batcher.cut().count()).isEqualTo(12);
  }

  @Test
  void nothingIsKnownAcrossAGap() {
    Batcher batcher = new Batcher(1 << 20, 4096);
    assertThat(appendTo(batcher, 7, 1)).isZero();
    assertThat(appendTo(batcher, 7, 3)).isZero();
    assertThat(appendTo(batcher, 7, 2)).as("was never added").isZero();
    assertThat(appendTo(batcher, 7, 3)).isNotZero();
    assertThat(appendTo(batcher, 7, 1)).as("forgotten, so logged again").isZero();
  }

  @Test
  void whatIsForgottenIsAddedAgain() {
    Batcher batcher = new Batcher(1 << 20, 4096);
    assertThat(appendTo(batcher, 7, 1)).isZero();
    final long before = appendTo(batcher, 7, 1);
    batcher.forgetAdmitted();
    assertThat(batcher.admittedGeneration()).isNotEqualTo(before);
    assertThat(appendTo(batcher, 7, 1)).isZero();
    assertThat(appendTo(batcher, 7, 1)).isEqualTo(batcher.admittedGeneration());
  }

  @Test
  void anyNumberOfSessionsNeedsNoMoreRoomAndErrsOnlyByForgetting() {
    AdmittedSequences admitted = new AdmittedSequences();
    for (long session = 1; session <= 100_000; session++) {
      assertThat(admitted.admit(session, 1)).isTrue();
      assertThat(admitted.admit(session, 1)).isFalse();
    }
    for (long session = 1; session <= 100_000; session++) {
      assertThat(admitted.admit(session, 2)).isTrue();
    }
  }

  @Test
  void theTableOfAdmittedCommandsGrowsWithTheSessionsAndForgetsNoneByThat() {
    AdmittedSequences admitted = new AdmittedSequences();
    int before = admitted.rows();
    for (long session = 1; session <= 8; session++) {
      for (long sequence = 1; sequence <= session; sequence++) {
        assertThat(admitted.admit(session, sequence)).isTrue();
      }
    }
    for (long session = 1; session <= 8; session++) {
      assertThat(admitted.admit(session, session)).as("the last one again").isFalse();
      assertThat(admitted.admit(session, 1)).as("the first one again").isFalse();
    }
    assertThat(before).isLessThan(100);
    for (long session = 9; session <= 100_000; session++) {
      assertThat(admitted.admit(session, 1)).isTrue();
    }
    assertThat(admitted.rows()).isEqualTo(AdmittedSequences.ROWS_MAX);
  }

  @Test
  void whatGatheredGoesAsOneBatchInOrder() throws Exception {
    Batcher batcher = new Batcher(1 << 20, 4096);
    append(batcher, "a", 1);
    append(batcher, "bc", 2);
    Batch batch = batcher.cut();
    assertThat(batch).isNotNull();
    assertThat(batch.count()).isEqualTo(2);
    assertThat(batch.sizeBytes()).isEqualTo(2 * RECORD + 3);
    assertThat(batcher.isEmpty()).isTrue();
    assertThat(batcher.cut()).isNull();

    Entry entry = batch.seal(1, 1, 1, 99, ChainHash.ROOT);
    entry.verifyBody();
    Slab.Cursor cursor = new Slab.Cursor().reset(entry);
    List<String> payloads = new ArrayList<>();
    while (cursor.advance()) {
      payloads.add(new String(cursor.payload(), UTF_8));
    }
    assertThat(payloads).containsExactly("a", "bc");
  }

  @Test
  void batchesStayWithinBytesAndCount() {
    Batcher bytes = new Batcher(2 * RECORD + 2, 4096);
    for (int i = 0; i < 5; i++) {
      append(bytes, "x", i);
    }
    assertThat(counts(bytes)).containsExactly(2, 2, 1);
    Batcher count = new Batcher(1 << 20, 3);
    for (int i = 0; i < 7; i++) {
      append(count, "x", i);
    }
    assertThat(counts(count)).containsExactly(3, 3, 1);
  }

  @Test
  void aSingleLargeCommandGetsABatchOfItsOwn() {
    Batcher batcher = new Batcher(64, 4096);
    append(batcher, "small", 1);
    append(batcher, "x".repeat(1000), 2);
    append(batcher, "small", 3);
    assertThat(counts(batcher)).containsExactly(1, 1, 1);
  }

  @Test
  void aBatchIsSealedOnce() {
    Batcher batcher = new Batcher(1 << 20, 4096);
    append(batcher, "a", 1);
    Batch batch = batcher.cut();
    assertThat(batch).isNotNull();
    batch.seal(1, 1, 1, 0, ChainHash.ROOT);
    assertThatThrownBy(() -> batch.seal(2, 1, 1, 0, ChainHash.ROOT))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test
  void refusingABatchAnswersEachCallerOnceAndFlushes() {
    Batcher batcher = new Batcher(1 << 20, 4096);
    append(batcher, "a", 1);
    append(batcher, "b", 2);
    Batch batch = batcher.cut();
    assertThat(batch).isNotNull();
    batch.refuseAll(Refusal.of(RefusalCode.NOT_LEADER, "x"));
    assertThat(sink.seen).containsExactly("refused 1", "refused 2", "flush");
  }

  @Test
  void admissionBoundsBytesButTakesOneLargeCommandAlone() {
    Admission admission = new Admission(100);
    assertThat(admission.tryAdmit(60)).isTrue();
    assertThat(admission.tryAdmit(60)).isFalse();
    assertThat(admission.bytes()).isEqualTo(60);
    admission.release(60);
    assertThat(admission.tryAdmit(500)).as("alone").isTrue();
    assertThat(admission.tryAdmit(1)).isFalse();
  }

  private void append(Batcher batcher, String payload, long tag) {
    byte[] bytes = payload.getBytes(UTF_8);
    batcher.append(CommandKind.PLAIN, 0, 0, 0, bytes, 0, bytes.length, sink, tag);
  }

  private static List<Integer> counts(Batcher batcher) {
    List<Integer> counts = new ArrayList<>();
    for (Batch batch = batcher.cut(); batch != null; batch = batcher.cut()) {
      counts.add(batch.count());
    }
    return counts;
  }
}
