// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol;

import static io.quorate.raft.protocol.Fixture.N2;
import static io.quorate.raft.protocol.Fixture.N3;
import static io.quorate.raft.protocol.Fixture.append;
import static io.quorate.raft.protocol.Fixture.withConfiguration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.EntryKind;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.PreVote;
import io.quorate.raft.protocol.configuration.Configuration;
import io.quorate.raft.protocol.configuration.ConfigurationHistory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The configuration as an entry of the log: dissertation §4.1; majorities, paper §5.2, §5.3. */
class ConfigurationTest {
  private static final NodeId N4 = NodeId.of("n4");
  private static final NodeId N5 = NodeId.of("n5");
  private static final Configuration FIVE =
      Configuration.ofVoters(
          List.of(NodeId.of("n5"), NodeId.of("n1"), NodeId.of("n2"), NodeId.of("n3"), N4));

  /** The first leader writes the configuration into the log; later ones find it there. */
  @Test
  void firstLeaderRecordsTheConfiguration() {
    Fixture leader = Fixture.ofThree().start().lead();
    assertThat(leader.entry(2).kind()).isEqualTo(EntryKind.CONFIGURATION);
    assertThat(Configuration.decode(leader.entry(2).body()).voters())
        .containsExactly(NodeId.of("n1"), N2, N3);
    Fixture next = Fixture.ofThree().start();
    next.receive(
        N2,
        new Append(
            1,
            0,
            0,
            ChainHash.ROOT,
            0,
            0,
            Long.MAX_VALUE,
            List.of(leader.entry(1), leader.entry(2))));
    next.persist().lead();
    assertThat(next.status().lastSlot()).isEqualTo(3);
  }

  /** Dissertation §4.1: the latest configuration in the log counts, committed or not. */
  @Test
  void latestConfigurationInTheLogCounts() {
    Fixture replica = Fixture.ofThree().start();
    replica.receive(
        N2,
        new Append(
            1, 0, 0, ChainHash.ROOT, 0, 0, Long.MAX_VALUE, withConfiguration(2, FIVE, 1, 1)));
    replica.persist().tick();
    assertThat(replica.sentTo(N5, PreVote.class)).hasSize(1);
  }

  /** Dissertation §4.1: a configuration that is truncated stops counting. */
  @Test
  void truncationRollsTheConfigurationBack() {
    Fixture replica = Fixture.ofThree().start();
    replica.receive(
        N2,
        new Append(
            1, 0, 0, ChainHash.ROOT, 0, 0, Long.MAX_VALUE, withConfiguration(2, FIVE, 1, 1)));
    replica.receive(N3, append(2, 0, 0, 2)).persist().forget().tick();
    assertThat(replica.sentTo(N5, PreVote.class)).isEmpty();
    assertThat(replica.sentTo(N2, PreVote.class)).hasSize(1);
  }

  /** A restart finds the configuration in the log again. */
  @Test
  void restartFindsTheConfiguration() {
    Fixture replica = Fixture.ofThree().start();
    replica.receive(
        N2,
        new Append(
            1, 0, 0, ChainHash.ROOT, 0, 0, Long.MAX_VALUE, withConfiguration(2, FIVE, 1, 1)));
    replica.persist().crashAndStart().tick();
    assertThat(replica.sentTo(N4, PreVote.class)).hasSize(1);
  }

  /** Steps before a snapshot are replaced by the one that it names. */
  @Test
  void snapshotNamesTheConfiguration() {
    Configuration seat = Configuration.ofVoters(List.of(N2));
    ConfigurationHistory history = new ConfigurationHistory(seat);
    assertThat(history.isRecorded()).isFalse();
    history.append(withConfiguration(2, FIVE, 1, 1).get(1));
    history.rebase(7, new byte[0]);
    assertThat(history.current()).isEqualTo(FIVE);
    history.rebase(9, seat.encode());
    assertThat(history.current()).isEqualTo(seat);
    history.truncateFrom(8);
    assertThat(history.current()).isEqualTo(seat);
    assertThat(history.isRecorded()).isTrue();
  }

  /** Majorities of groups of every size, by count and by value. */
  @Test
  void majorities() {
    for (int size = 1; size <= 7; size++) {
      List<NodeId> voters =
          IntStream.rangeClosed(1, size).mapToObj(i -> NodeId.of("n" + i)).toList();
      Configuration configuration = Configuration.ofVoters(voters);
      int quorum = size / 2 + 1;
      assertThat(configuration.quorumHolds(v -> voters.indexOf(v) < quorum)).isTrue();
      assertThat(configuration.quorumHolds(v -> voters.indexOf(v) < quorum - 1)).isFalse();
      long reached = configuration.quorumReached(v -> (voters.indexOf(v) * 5 + 3) % 7);
      assertThat(configuration.quorumHolds(v -> (voters.indexOf(v) * 5 + 3) % 7 >= reached))
          .isTrue();
      assertThat(configuration.quorumHolds(v -> (voters.indexOf(v) * 5 + 3) % 7 > reached))
          .isFalse();
    }
  }

  /** Bytes are the same for the same members, and read back; anything else is refused. */
  @Test
  void encodingIsDeterministic() {
    assertThat(Configuration.decode(FIVE.encode())).isEqualTo(FIVE);
    assertThat(FIVE.isVoter(N4)).isTrue();
    assertThat(FIVE.isVoter(NodeId.of("n6"))).isFalse();
    byte[] later = FIVE.encode();
    later[0] = 2;
    assertThatThrownBy(() -> Configuration.decode(later)).isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> new Configuration(List.of(N3, N2)))
        .isInstanceOf(InvariantViolation.class);
    assertThatThrownBy(() -> new Configuration(List.of())).isInstanceOf(InvariantViolation.class);
  }
}
