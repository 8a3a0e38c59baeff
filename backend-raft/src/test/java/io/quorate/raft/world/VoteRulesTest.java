// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.world;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.raft.message.RaftMessage.RequestVote;
import io.quorate.raft.message.RaftMessage.VoteReply;
import org.junit.jupiter.api.Test;

/** The rule itself: it is watched in all worlds, where a sound Raft never breaks it. */
final class VoteRulesTest {
  private static final NodeId N1 = NodeId.of("n1");
  private static final NodeId N2 = NodeId.of("n2");
  private static final NodeId N3 = NodeId.of("n3");

  private final VoteRules rules = new VoteRules();

  @Test // §5.2
  void twoVotesInATermAreFound() {
    rules.onLeave(N1, N2, new VoteReply(4, true));

    assertThatThrownBy(() -> rules.onLeave(N1, N3, new VoteReply(4, true)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessage("n1 in term 4, who voted for n2 before, votes again in the same term");
  }

  @Test // §5.2: a candidate votes for itself
  void aVoteForAnotherBesidesOnesOwnIsFound() {
    rules.onLeave(N1, N2, new RequestVote(4, 7, 3, false));

    assertThatThrownBy(() -> rules.onLeave(N1, N3, new VoteReply(4, true)))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("n1 in term 4, who voted for n1 before");
  }

  @Test
  void theSameVoteAgainARefusalAndAnotherTermAreFine() {
    assertThatCode(
            () -> {
              rules.onLeave(N1, N2, new VoteReply(4, true));
              rules.onLeave(N1, N2, new VoteReply(4, true));
              rules.onLeave(N1, N3, new VoteReply(4, false));
              rules.onLeave(N1, N3, new VoteReply(5, true));
            })
        .doesNotThrowAnyException();
  }
}
