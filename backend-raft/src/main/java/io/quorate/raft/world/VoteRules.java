// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.world;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.raft.message.RaftMessage;
import io.quorate.sim.oracle.ProtocolInvariant;
import java.util.HashMap;
import java.util.Map;

/** No replica votes twice in a term (§5.2), whatever crashed in between. */
public final class VoteRules implements ProtocolInvariant {
  private record Vote(NodeId voter, long term) {}

  private final Map<Vote, NodeId> votes = new HashMap<>();

  @Override
  public void onEvent(NodeId node, Event event) {}

  @Override
  public void onLeave(NodeId from, NodeId to, ProtocolMessage message) {
    switch (message) {
      case RaftMessage.VoteReply reply -> {
        if (reply.granted()) {
          vote(from, reply.term(), to);
        }
      }
      case RaftMessage.RequestVote question -> vote(from, question.term(), from);
      default -> {}
    }
  }

  private void vote(NodeId voter, long term, NodeId candidate) {
    NodeId other = votes.putIfAbsent(new Vote(voter, term), candidate);
    Check.that(
        other == null || other.equals(candidate),
        "%s, who voted for %s before, votes again in the same term",
        voter + " in term " + term,
        "" + other);
  }
}
