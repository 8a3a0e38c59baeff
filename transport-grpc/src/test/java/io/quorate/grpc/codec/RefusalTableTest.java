// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quorate.api.NodeId;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RefusalTableTest {

  @ParameterizedTest
  @EnumSource
  void everyRefusalComesBackFromItsNumber(RefusalCode code) {
    assertThat(RefusalTable.code(RefusalTable.number(code))).isEqualTo(code);
    assertThat(RefusalTable.number(code)).isEqualTo(code.number());
  }

  @ParameterizedTest
  @EnumSource
  void everyRefusalComesBackFromARecord(RefusalCode code) {
    Refusal leader = new Refusal(code, NodeId.of("n2"), "because of Öl");
    Refusal plain = Refusal.of(code, "");
    Records records = new Records(16);
    RefusalTable.append(records, 5, leader);
    RefusalTable.append(records, 6, plain);
    assertThat(records.advance()).isTrue();
    assertThat(records.what()).isEqualTo(Records.What.REFUSED);
    assertThat(records.tag()).isEqualTo(5);
    assertThat(RefusalTable.read(records)).isEqualTo(leader);
    assertThat(records.advance()).isTrue();
    assertThat(RefusalTable.read(records)).isEqualTo(plain);
    assertThat(records.advance()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void everyRefusalComesBackFromAStatus(RefusalCode code) {
    Refusal refusal = new Refusal(code, NodeId.of("n2"), "why");
    StatusRuntimeException status = RefusalTable.status(refusal);
    assertThat(status.getStatus().isOk()).isFalse();
    assertThat(RefusalTable.of(status.getStatus(), status.getTrailers())).isEqualTo(refusal);
  }

  @Test
  void numbersAreUnique() {
    Set<Integer> numbers = new HashSet<>();
    for (RefusalCode code : RefusalCode.values()) {
      assertThat(numbers.add(RefusalTable.number(code))).isTrue();
    }
  }

  @Test
  void whatNobodyKnowsIsIndeterminate() {
    assertThat(RefusalTable.code(99)).isEqualTo(RefusalCode.INDETERMINATE);
    Refusal foreign = RefusalTable.of(Status.DEADLINE_EXCEEDED, new Metadata());
    assertThat(foreign.code()).isEqualTo(RefusalCode.INDETERMINATE);
    assertThat(foreign.text()).contains("DEADLINE_EXCEEDED");
    assertThat(RefusalTable.written(Status.UNAVAILABLE, null)).isNull();
  }

  @Test
  void longTextsAreCut() {
    Records records = new Records(16);
    RefusalTable.append(records, 1, Refusal.of(RefusalCode.HALTED, "x".repeat(100_000)));
    records.advance();
    assertThat(RefusalTable.read(records).text()).hasSize(4_096);
  }
}
