// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.config.DataSize;
import io.quorate.node.config.Endpoint;
import io.quorate.node.config.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Isolated // sets system properties
class QuorateConfigTest {
  private static final NodeId N1 = NodeId.of("n1");
  private static final String LEAST =
      """
      quorate {
        group = orders
        backend = raft
        members { n1 = "127.0.0.1:7101", n2 = "127.0.0.1:7102", n3 = "127.0.0.1:7103" }
      }
      """;

  @TempDir private Path folder;

  @Test
  void everythingThatNeedNotBeThereHasADefault() {
    QuorateConfig config = QuorateConfig.parse(LEAST, N1);

    assertThat(config.dataDirectory()).isEqualTo(Path.of("data", "orders", "n1"));
    assertThat(config.sessions()).isEqualTo(new SessionSettings(100_000, Duration.ofHours(1)));
    assertThat(config.snapshot()).isEqualTo(new SnapshotSettings(DataSize.ofMebibytes(256), 2));
    assertThat(config.disk()).isEqualTo(new DiskSettings(Duration.ofHours(24)));
    assertThat(config.limits())
        .isEqualTo(new LimitSettings(DataSize.ofMebibytes(1), DataSize.ofMebibytes(64)));
    assertThat(config.tls()).isEmpty();
  }

  @Test
  void everyKeyArrivesWhereItBelongs() throws IOException {
    Path pem = Files.writeString(folder.resolve("any.pem"), "x");
    QuorateConfig config =
        QuorateConfig.parse(
            """
            quorate {
              group = ledger
              backend = raft
              transport = nowhere
              storage = nothing
              members { a = "alpha.example:1", b.address = null, b = "[::1]:2" }
              data-dir = /var/lib/quorate
              raft { election-timeout = 200 ms .. 1 s, heartbeat-interval = 20 ms, pre-vote = off }
              vsr { view-change-timeout = 300 ms }
              s3 { bucket = orders }
              sessions { max = 7, expire-after = 90 s }
              snapshot { every-log-bytes = 1.5 MiB, keep = 3 }
              disk { scrub-every = 2 h }
              limits { command = 2 KiB, in-flight = 1 MB }
              tls { certificate = "PEM", key = "PEM", authority = "PEM" }
            }
            """
                .replace("PEM", pem.toString()),
            NodeId.of("b"));

    assertThat(config.node()).isEqualTo(NodeId.of("b"));
    assertThat(config.group()).isEqualTo(GroupId.of("ledger"));
    assertThat(config.backend()).isEqualTo("raft");
    assertThat(config.members())
        .containsExactly(
            Map.entry(NodeId.of("a"), new Endpoint("alpha.example", 1)),
            Map.entry(NodeId.of("b"), new Endpoint("::1", 2)));
    assertThat(config.dataDirectory()).isEqualTo(Path.of("/var/lib/quorate/ledger/b"));
    assertThat(config.sessions()).isEqualTo(new SessionSettings(7, Duration.ofSeconds(90)));
    assertThat(config.snapshot()).isEqualTo(new SnapshotSettings(DataSize.ofKibibytes(1536), 3));
    assertThat(config.disk()).isEqualTo(new DiskSettings(Duration.ofHours(2)));
    assertThat(config.limits())
        .isEqualTo(new LimitSettings(DataSize.ofKibibytes(2), new DataSize(1_000_000)));
    assertThat(config.tls()).isEqualTo(Optional.of(new TlsSettings(pem, pem, pem)));
    assertThat(config.effective())
        .contains("raft.election-timeout = 200 ms .. 1 s")
        .contains("raft.pre-vote = false");
  }

  @Test
  void whatIsInForceCanBeReadAgain() {
    QuorateConfig config = QuorateConfig.parse(LEAST, N1);

    QuorateConfig again = QuorateConfig.parse(config.effective(), N1);

    assertThat(again.effective()).isEqualTo(config.effective());
    assertThat(again.agreement()).isEqualTo(config.agreement());
  }

  @Test
  void membersAgreeOnWhatTheGroupSharesAndNotOnTheRest() {
    String agreement = QuorateConfig.parse(LEAST, N1).agreement();

    assertThat(agreement(LEAST.replace("7103", "9"))).isEqualTo(agreement);
    assertThat(agreement(LEAST.replace("group = orders", "group = orders, data-dir = x")))
        .isEqualTo(agreement);
    assertThat(agreement(LEAST.replace("orders", "other"))).isNotEqualTo(agreement);
    assertThat(agreement(LEAST.replace("n3", "n4"))).isNotEqualTo(agreement);
    assertThat(agreement(LEAST + "quorate.sessions.max = 5")).isEqualTo(agreement);
    assertThat(agreement(LEAST + "quorate.raft.pre-vote = false")).isNotEqualTo(agreement);
    assertThat(agreement(LEAST + "quorate.raft.heartbeat-interval = 9 ms")).isEqualTo(agreement);
  }

  private static String agreement(String hocon) {
    return QuorateConfig.parse(hocon, N1).agreement();
  }

  /** A line added to, or replaced in, the least configuration, and the sentence that it gives. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          sessions.mux = 5 | 'quorate.sessions.mux (line 6) is not a known key; did you mean quorate.sessions.max?'
          raft.election-timout = 1 s | 'quorate.raft.election-timout (line 6) is not a known key; did you mean quorate.raft.election-timeout?'
          colour = blue | 'quorate.colour (line 6) is not a known key'
          raft.heartbeat-interval = 50 | 'quorate.raft.heartbeat-interval (line 6) has no unit: must be a duration with its unit, such as 150 ms, was "50"'
          raft.heartbeat-interval = 50 sec | 'quorate.raft.heartbeat-interval (line 6) has the unknown unit "sec": must be a duration with its unit, such as 150 ms'
          raft.heartbeat-interval = soon | 'quorate.raft.heartbeat-interval (line 6) must be a duration with its unit, such as 150 ms, was "soon"'
          raft.heartbeat-interval = -1 s | 'quorate.raft.heartbeat-interval (line 6) cannot be negative, was "-1 s"'
          raft.heartbeat-interval = 1 s | 'quorate.raft.heartbeat-interval must be at most half of quorate.raft.election-timeout'
          raft.election-timeout = 150 ms | 'quorate.raft.election-timeout (line 6) must be a range of durations, such as 150 ms .. 300 ms, was "150 ms"'
          raft.election-timeout = 2 s .. 1 s | 'quorate.raft.election-timeout (line 6) must go from shorter to longer, was "2 s .. 1 s"'
          raft.pre-vote = perhaps | 'quorate.raft.pre-vote (line 6) must be true or false, was "perhaps"'
          raft = 5 | 'quorate.raft (line 6) must be a section in braces'
          limits.command = 100 | 'quorate.limits.command (line 6) has no unit: must be a size with its unit, such as 64 MiB, was "100"'
          limits.command = 1 GiB | 'quorate.limits.command (line 6) must be between 1 KiB and 16 MiB, was 1 GiB'
          limits.in-flight = 64 KiB | 'quorate.limits.in-flight must be at least quorate.limits.command (1 MiB)'
          sessions.max = 0 | 'quorate.sessions.max (line 6) must be a whole number between 1 and 10000000, was 0'
          sessions.max = many | 'quorate.sessions.max (line 6) must be a whole number between 1 and 10000000, was "many"'
          sessions.max = {} | 'quorate.sessions.max (line 6) must be a single value'
          sessions.expire-after = 1 ms | 'quorate.sessions.expire-after (line 6) must be between 1 s and 30 d, was 1 ms'
          snapshot.keep = 0 | 'quorate.snapshot.keep (line 6) must be a whole number between 1 and 100, was 0'
          members.n3 = "127.0.0.1" | 'quorate.members.n3 (line 6) is not an address: "127.0.0.1" has no port, write host:port'
          members.n3 = "127.0.0.1:http" | 'quorate.members.n3 (line 6) is not an address: "127.0.0.1:http" has no valid port, write host:port with a port from 1 to 65535'
          members.n3 = "127.0.0.1:70000" | 'quorate.members.n3 (line 6) is not an address: the port must be 1 to 65535, was 70000'
          members.n3 = "::1:7103" | 'quorate.members.n3 (line 6) is not an address: "::1:7103" is ambiguous, write an IPv6 address as [address]:port'
          members.n3 = ":7103" | 'quorate.members.n3 (line 6) is not an address: ":7103" has no valid host, write host:port'
          members.n3 = "" | 'quorate.members.n3 (line 6) has no address: write host:port'
          members.n3 = null | 'quorate.members.n3 has no address: write host:port'
          members.n3 = "127.0.0.1:7101" | 'quorate.members.n3 (line 6) has the same address as n1: 127.0.0.1:7101'
          members = none | 'quorate.members (line 6) must be a section in braces'
          members = null | 'quorate.members is missing or empty: name every replica with its host:port'
          backend = paxos | 'quorate.backend (line 6) names "paxos", which is not on the class path; available: raft'
          backend = null | 'quorate.backend is missing: name one of raft'
          storage = tape | 'quorate.storage (line 6) names "tape", which is not on the class path; available: nothing'
          transport = pigeon | 'quorate.transport (line 6) names "pigeon", which is not on the class path; available: nowhere'
          group = null | 'quorate.group is missing'
          group = "a b" | 'quorate.group (line 6) cannot be used: group id "a b" must be 1 to 64 letters, digits, ''.'', ''-'' or ''_'', and not begin with ''.'''
          tls { certificate = nowhere.pem, key = nowhere.pem } | 'quorate.tls.certificate (line 6) names the file nowhere.pem, which does not exist or cannot be read; quorate.tls.key (line 6) names the file nowhere.pem, which does not exist or cannot be read; quorate.tls.authority is missing'
          """)
  void everyMistakeGetsOneSentence(String line, String sentences) {
    String hocon = LEAST.strip() + "\nquorate." + line;

    assertThatThrownBy(() -> QuorateConfig.parse(hocon, N1))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> assertThat(String.join("; ", e.problems())).isEqualTo(sentences));
  }

  @Test
  void aNodeOutsideOfTheGroupIsRefused() {
    assertThatThrownBy(() -> QuorateConfig.parse(LEAST, NodeId.of("n9")))
        .hasMessage("node n9 is not one of the members in quorate.members: n1, n2, n3");
  }

  @Test
  void allMistakesAreReportedTogether() {
    String hocon = LEAST + "quorate { sessions.max = 0, snapshot.kep = 3, limits.command = 5 }";

    assertThatThrownBy(() -> QuorateConfig.parse(hocon, NodeId.of("n9")))
        .hasMessageStartingWith("4 problems in the configuration:\n  - ")
        .isInstanceOfSatisfying(
            ConfigurationException.class, e -> assertThat(e.problems()).hasSize(4));
  }

  @Test
  void aFileThatCannotBeUsedIsNamed() throws IOException {
    Path missing = folder.resolve("missing.conf");
    Path empty = Files.createFile(folder.resolve("empty.conf"));
    Path foreign = Files.writeString(folder.resolve("foreign.conf"), "other { a = 1 }");
    Path broken = Files.writeString(folder.resolve("broken.conf"), "quorate {\n  group = {a\n}\n");
    Path open = Files.writeString(folder.resolve("open.conf"), "quorate {\n  group = ${nobody}\n}");

    assertThat(refusal(missing))
        .isEqualTo(List.of("the configuration file " + missing + " does not exist"));
    assertThat(refusal(folder))
        .isEqualTo(List.of(folder + " is a folder, not a configuration file"));
    assertThat(refusal(empty))
        .isEqualTo(
            List.of(
                empty
                    + " is empty; it needs a section quorate { ... } with group, backend,"
                    + " members"));
    assertThat(refusal(foreign))
        .isEqualTo(List.of(foreign + " has no section quorate { ... } around its settings"));
    assertThat(refusal(broken).get(0)).startsWith(broken + ", line 3 is not valid HOCON: ");
    assertThat(refusal(open).get(0)).contains("line 2").contains("${nobody}");
  }

  private static List<String> refusal(Path file) {
    try {
      QuorateConfig.load(file, N1);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems();
    }
  }

  @Test
  void overridesWinOverSystemPropertiesAndTheseOverTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("q.conf"), LEAST + "quorate.sessions.max = 1");
    System.setProperty("quorate.sessions.max", "2");
    System.setProperty("quorate.snapshot.keep", "9");
    System.setProperty("quorate.something.of.the.jvm", "x");
    try {
      QuorateConfig config = QuorateConfig.load(file, N1, Map.of("quorate.sessions.max", "3"));

      assertThat(config.sessions().max()).isEqualTo(3);
      assertThat(config.snapshot().keep()).isEqualTo(9);
    } finally {
      System.clearProperty("quorate.sessions.max");
      System.clearProperty("quorate.snapshot.keep");
      System.clearProperty("quorate.something.of.the.jvm");
    }
  }

  @Test
  void overridesMayCarryAnyCharacters() throws IOException {
    Path file = Files.writeString(folder.resolve("q.conf"), LEAST);

    QuorateConfig config =
        QuorateConfig.load(
            file, N1, Map.of("members.n1", "localhost:9", "raft.election-timeout", "1 s .. 2 s"));

    assertThat(config.members()).containsEntry(N1, new Endpoint("localhost", 9));
    assertThat(config.effective()).contains("raft.election-timeout = 1 s .. 2 s");
  }

  @Test
  void anUnknownOverrideIsRefusedToo() throws IOException {
    Path file = Files.writeString(folder.resolve("q.conf"), LEAST);

    assertThatThrownBy(() -> QuorateConfig.load(file, N1, Map.of("snapshot.kep", "1")))
        .hasMessage("quorate.snapshot.kep is not a known key; did you mean quorate.snapshot.keep?");
  }

  @Test
  void clientsNeedNoNode() throws IOException {
    Path file = Files.writeString(folder.resolve("q.conf"), LEAST);

    GroupConfig group = GroupConfig.load(file, Map.of());

    assertThat(group.group()).isEqualTo(GroupId.of("orders"));
    assertThat(group.members()).containsEntry(N1, new Endpoint("127.0.0.1", 7101));
  }
}
