// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QuorumsTest {
  @Test
  void majoritiesByDefault() {
    assertThat(Quorums.of(1, 0, 0)).isEqualTo(new Quorums(1, 1, 1));
    assertThat(Quorums.of(2, 0, 0)).isEqualTo(new Quorums(2, 2, 2));
    assertThat(Quorums.of(3, 0, 0)).isEqualTo(new Quorums(3, 2, 2));
    assertThat(Quorums.of(5, 0, 0)).isEqualTo(new Quorums(5, 3, 3));
  }

  @Test
  void oneOfTheTwoMakesTheOther() {
    assertThat(Quorums.of(6, 3, 0)).isEqualTo(new Quorums(6, 3, 4));
    assertThat(Quorums.of(6, 3, 0).nack()).isEqualTo(4);
    assertThat(Quorums.of(5, 2, 0)).isEqualTo(new Quorums(5, 2, 4));
  }

  @Test
  void quorumsThatCouldMissEachOtherAreRefused() {
    assertThatThrownBy(() -> Quorums.of(5, 2, 3))
        .hasMessageContaining("quorate.vsr.replication-quorum")
        .hasMessageContaining("more than the 5 members");
    assertThatThrownBy(() -> Quorums.of(4, 4, 2)).hasMessageContaining("view-change-quorum");
    assertThatThrownBy(() -> Quorums.of(3, 4, 0)).hasMessageContaining("replication-quorum");
  }

  @Test
  void membersTakeTurns() {
    List<NodeId> members = List.of(NodeId.of("n1"), NodeId.of("n2"), NodeId.of("n3"));
    Group group = new Group(members.get(1), members, Quorums.of(3, 0, 0));
    assertThat(group.primaryOf(0)).isEqualTo(members.get(0));
    assertThat(group.leads(4)).isTrue();
    assertThat(group.nextViewOf(members.get(0), 4)).isEqualTo(6);
    assertThat(group.nextViewOf(members.get(1), 4)).isEqualTo(7);
    assertThat(group.replicated(node -> node.value().charAt(1))).isEqualTo('2');
  }
}
