// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol;

import static io.quorate.vsr.protocol.Fixture.N1;
import static io.quorate.vsr.protocol.Fixture.N2;
import static io.quorate.vsr.protocol.Fixture.N3;
import static io.quorate.vsr.protocol.Fixture.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handover: a change, by VRR §4.2, to the next view of whoever is to be primary. */
final class HandoverTest {
  @Test // it prepares nothing any more, and yields once the target has everything
  void theTargetHasTheWholeLogFirst() {
    Fixture n1 = Fixture.serving().submit("x").persist();
    n1.handOver(N2);
    assertThat(n1.saturated()).isTrue();
    assertThat(n1.sentTo(N2, StartViewChange.class)).isEmpty();
    n1.submit("late");
    assertThat(n1.out().rejected.getFirst().code()).isEqualTo(RefusalCode.NOT_LEADER);
    assertThat(n1.out().rejected.getFirst().leader()).isEqualTo(N2);
    n1.acknowledge(N3, 2);
    assertThat(n1.sentTo(N2, StartViewChange.class)).as("not the target").isEmpty();
    n1.acknowledge(N2, 2);
    assertThat(n1.sentTo(N2, StartViewChange.class))
        .containsExactly(new StartViewChange(3, 4, true));
    assertThat(n1.sentTo(N3, StartViewChange.class))
        .containsExactly(new StartViewChange(3, 4, true));
  }

  @Test // views are skipped, so that anybody can be the target
  void theViewAskedForIsTheTargetsNext() {
    Fixture n1 = Fixture.serving().acknowledge(N3, 1);
    n1.handOver(N3);
    assertThat(n1.sentTo(N2, StartViewChange.class))
        .containsExactly(new StartViewChange(3, 5, true));
  }

  @Test // signs of life would take back the votes that were asked for
  void theVoteIsRepeatedAndNoSignOfLifeIsSent() {
    Fixture n1 = Fixture.serving();
    n1.handOver(N2);
    n1.forget().run(120);
    assertThat(n1.sentTo(N3, StartViewChange.class))
        .hasSize(2)
        .containsOnly(new StartViewChange(3, 4, true));
    assertThat(n1.sentTo(N3, Commit.class)).isEmpty();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
  }

  @Test // it ends when a quorum has asked for the view; the operator hears of it
  void theOperatorIsToldWhenItIsDone() {
    Fixture n1 = Fixture.serving();
    long request = n1.handOver(N2);
    assertThat(n1.out().admins).isEmpty();
    n1.receive(N2, new StartViewChange(3, 4, false)).persist();
    assertThat(n1.out().admins).containsEntry(request, "done");
    assertThat(n1.status().epoch()).isEqualTo(4);
    assertThat(n1.lastTo(N2, DoViewChange.class).lastNormalView()).isEqualTo(3);
  }

  @Test // the target need not miss the primary, nor wait for a timeout
  void theTargetLeadsAtOnce() {
    Fixture n1 = new Fixture().left(1, 1, 1).start();
    n1.receive(N2, new Commit(1, 1, 1, 0, 1, Long.MAX_VALUE, 0, 0)).persist();
    n1.receive(N2, new StartViewChange(1, 3, true)).persist();
    n1.receive(N2, new DoViewChange(3, 1, 1, shape(1), 1, List.of())).persist();
    assertThat(n1.status().role()).isEqualTo(Role.LEADER);
    assertThat(n1.lastTo(N3, StartView.class).view()).isEqualTo(3);
  }

  @Test // a target that does not take over in time is no reason to stop
  void itIsGivenUpInTime() {
    Fixture n1 = Fixture.serving();
    long request = n1.handOver(N2);
    for (int i = 0; i < 7; i++) {
      n1.run(50).acknowledge(N3, 1);
    }
    assertThat(n1.out().admins).containsEntry(request, "NOT_READY");
    assertThat(n1.saturated()).isFalse();
    n1.forget().run(50).submit("goes on");
    assertThat(n1.status().lastSlot()).isEqualTo(2);
    assertThat(n1.sentTo(N2, Commit.class)).isNotEmpty();
    n1.receive(N2, new StartViewChange(3, 4, false));
    assertThat(n1.status().role()).as("a late vote").isEqualTo(Role.LEADER);
  }

  @Test // without a name, whoever has most of the log
  void whoIsFurthestIsChosen() {
    Fixture n1 = Fixture.serving().submit("x").persist().acknowledge(N3, 2);
    n1.handOver(null);
    assertThat(n1.sentTo(N2, StartViewChange.class))
        .containsExactly(new StartViewChange(3, 5, true));
    assertThat(n1.out().admins).isEmpty();
  }

  @Test // what cannot be done is refused
  void whatCannotBeDoneIsRefused() {
    Fixture n1 = Fixture.serving();
    long self = n1.handOver(N1);
    long stranger = n1.handOver(NodeId.of("n9"));
    n1.handOver(N3);
    long second = n1.handOver(N2);
    assertThat(n1.out().admins)
        .containsEntry(self, "done")
        .containsEntry(stranger, "UNSUPPORTED")
        .containsEntry(second, "OVERLOADED");
    Fixture backup = new Fixture().left(1, 1, 1).start();
    long notPrimary = backup.handOver(N2);
    assertThat(backup.out().admins).containsEntry(notPrimary, "NOT_LEADER");
  }

  @Test // a view that ends before the target was ready was not handed over
  void aViewThatEndsBeforeIsToldToTheOperator() {
    Fixture n1 = Fixture.serving();
    long request = n1.handOver(N3);
    n1.receive(N2, new Commit(4, 1, 1, 0, 1, Long.MAX_VALUE, 0, 0));
    assertThat(n1.out().admins).containsEntry(request, "NOT_READY");
  }
}
