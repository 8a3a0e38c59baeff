// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.world;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.LogShape.Run;
import io.quorate.vsr.message.VsrMessage;
import io.quorate.vsr.message.VsrMessage.Commit;
import io.quorate.vsr.message.VsrMessage.CommitOk;
import io.quorate.vsr.message.VsrMessage.DoViewChange;
import io.quorate.vsr.message.VsrMessage.Prepare;
import io.quorate.vsr.message.VsrMessage.PrepareOk;
import io.quorate.vsr.message.VsrMessage.StartView;
import io.quorate.vsr.message.VsrMessage.StartViewChange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules themselves: they are watched in all worlds, where a sound VSR never breaks them. */
final class ViewRulesTest {
  private static final NodeId N1 = NodeId.of("n1");
  private static final NodeId N2 = NodeId.of("n2");
  private static final NodeId N3 = NodeId.of("n3");

  private final ViewRules rules = new ViewRules();

  private static Prepare prepare(long view, long op, long timeNanos) {
    return new Prepare(
        view,
        0,
        Entry.control(EntryKind.TAKEOVER, op, view, 1, timeNanos, ChainHash.ROOT, new byte[0]));
  }

  private static Commit commit(long view) {
    return new Commit(view, 0, 0, 0, 1, Long.MAX_VALUE, 0, 0);
  }

  private static LogShape log(long op, Run... runs) {
    return new LogShape(0, 0, List.of(runs), op, null);
  }

  private static DoViewChange offer(long view, long lastNormalView) {
    return new DoViewChange(view, lastNormalView, 0, log(0), 0, List.of());
  }

  private void refused(NodeId from, NodeId to, VsrMessage message, String why) {
    assertThatThrownBy(() -> rules.onLeave(from, to, message))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining(why);
  }

  @Test // VRR §4.1 step 3
  void anOpThatIsPreparedTwiceInAViewIsFound() {
    rules.onLeave(N2, N1, prepare(1, 5, 10));
    rules.onLeave(N2, N3, prepare(1, 5, 10));
    refused(N2, N1, prepare(1, 5, 11), "was prepared before with another content");
  }

  @Test // VRR §4
  void aSecondPrimaryIsFound() {
    rules.onLeave(N2, N1, commit(1));
    refused(N3, N1, commit(1), "n3 is a second primary of view 1");
  }

  @Test // VRR §4
  void aSecondPrimaryThatBeginsTheViewIsFound() {
    rules.onLeave(N2, N1, prepare(1, 1, 10));
    refused(N1, N3, new StartView(1, 0, log(0), 0), "n1 is a second primary of view 1");
  }

  @Test // V2
  void aPromiseInAnEarlierViewIsFound() {
    rules.onLeave(N1, N2, new PrepareOk(4, 1, null, 0));
    refused(N1, N2, new CommitOk(1, 1, null, 0, 1, 0, 0), "n1 speaks in view 1 after 4");
  }

  @Test // V2: an offered log is a promise, too
  void aPromiseAfterALaterViewWasEnteredIsFound() {
    rules.onLeave(N1, N2, offer(4, 1));
    refused(N1, N2, new PrepareOk(1, 1, null, 0), "n1 speaks in view 1 after 4");
  }

  @Test // V1
  void anOfferedLogThatForgetsAnAcknowledgementIsFound() {
    rules.onLeave(N1, N3, new PrepareOk(2, 1, null, 0));
    refused(N1, N2, offer(4, 1), "n1 offers the log of view 1, it had that of 2");
  }

  @Test // V1: the primary has its own log, too
  void anOfferedLogThatForgetsOnesOwnViewIsFound() {
    rules.onLeave(N2, N1, commit(1));
    refused(N2, N3, offer(2, 0), "n2 offers the log of view 0, it had that of 1");
  }

  @Test // VRR §4.2 step 4
  void twoLogsOfAViewAreFound() {
    rules.onLeave(N2, N1, new StartView(4, 0, log(3, new Run(1, 1)), 0));
    refused(
        N2, N3, new StartView(4, 0, log(3, new Run(1, 1), new Run(3, 2)), 0), "two logs of view 4");
  }

  @Test // VRR §4.2 step 1
  void aVoteForAnEarlierViewIsFound() {
    refused(N1, N2, new StartViewChange(3, 3, false), "n1 votes for");
  }

  @Test // to another receiver, messages of one sync may leave in any order
  void whatIsLegalPasses() {
    assertThatCode(
            () -> {
              rules.onLeave(N2, N1, new StartView(1, 0, log(1, new Run(1, 1)), 0));
              rules.onLeave(N2, N3, new StartView(1, 0, log(2, new Run(1, 1)), 0));
              rules.onLeave(N2, N1, prepare(1, 1, 10));
              rules.onLeave(N1, N2, new PrepareOk(1, 1, null, 0));
              rules.onLeave(N1, N3, offer(2, 1));
              rules.onLeave(N1, N2, new CommitOk(1, 1, null, 0, 1, 0, 0));
              rules.onLeave(N1, N2, new StartViewChange(1, 3, false));
              rules.onLeave(N3, N1, commit(2));
              rules.onLeave(N3, N1, prepare(2, 1, 99));
              rules.onLeave(N1, N3, offer(5, 1));
            })
        .doesNotThrowAnyException();
  }
}
