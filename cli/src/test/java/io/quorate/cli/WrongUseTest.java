// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One sentence and the right exit code for whatever users get wrong. */
class WrongUseTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
"""
          surve ¦ Unmatched argument at index 0: 'surve'
          serve ¦ Missing required options: '--config=<file>', '--node=<name>'
          serve --config x.conf ¦ Missing required option: '--node=<name>'
          serve --config x.conf --node n1 --prnt-config ¦ Unknown option: '--prnt-config'
          serve --config x.conf --node n1 --set raft.pre-vote ¦ Value for option option '--set' (<key=value>) should be in KEY=VALUE format but was raft.pre-vote
          serve --config nowhere.conf --node n1 ¦ the configuration file nowhere.conf does not exist
          serve --config nowhere.conf --node n/1 ¦ --node: node id "n/1" must be 1 to 64 letters, digits, '.', '-' or '_', and not begin with '.'
          recover --config x.conf --node n1 ¦ recover wants --amnesia, which says that the disk of this replica is lost for good; if any of its files are left, start it as it is
          recover --amnesia --config x.conf ¦ Missing required option: '--node=<name>'
          recover --amnesia --config nowhere.conf --node n/1 ¦ --node: node id "n/1" must be 1 to 64 letters, digits, '.', '-' or '_', and not begin with '.'
          recover --amnesia --config nowhere.conf --node n1 ¦ the configuration file nowhere.conf does not exist
          kv get a ¦ Missing required argument (specify one of these): (--config=<file> | --connect=<host:port,...>)
          kv get --config a.conf --connect h:1 a ¦ --config=<file>, --connect=<host:port,...> are mutually exclusive (specify only one)
          kv get --connect localhost a ¦ --connect: "localhost" has no port, write host:port
          kv get --connect h:1 --timeout 5 a ¦ Invalid value for option '--timeout': has no unit: must be a duration with its unit, such as 150 ms, was "5"
          kv get --connect h:1 --consistency eventual a ¦ Invalid value for option '--consistency': "eventual" is none of linearizable, lease, bounded:<ms>, local
          kv get --connect h:1 --consistency bounded:0 a ¦ Invalid value for option '--consistency': "bounded:0" must name milliseconds above 0, such as bounded:500
          kv get --connect h:1 ¦ Missing required parameter: '<key>'
          kv put --connect h:1 a ¦ Missing required parameter: '<value>'
          kv cas --connect h:1 a b ¦ Missing required argument (specify one of these): (--expect=<value> | --absent)
          kv incr --connect h:1 a --by one ¦ Invalid value for option '--by': 'one' is not a long
          kv load --connect h:1 ¦ Missing required argument (specify one of these): (<file> | --generate=<n>)
          kv load --connect h:1 nowhere.json ¦ the file nowhere.json does not exist
          kv load --connect h:1 --generate 0 ¦ --generate must be above 0, was 0
          kv load --connect h:1 --generate 5 --outstanding 0 ¦ --outstanding must be between 1 and 1024, was 0
          kv load --connect h:1 --generate 5 --value-size 5 ¦ Invalid value for option '--value-size': has no unit: must be a size with its unit, such as 64 MiB, was "5"
          admin transfer ¦ Missing required argument (specify one of these): (--config=<file> | --connect=<host:port,...>)
          s3 probe ¦ Missing required option: '--bucket=<name>'
          s3 probe --bucket b --endpoint 127.0.0.1:9000 ¦ --endpoint: "127.0.0.1:9000" is not a URL such as http://127.0.0.1:9000
          s3 serve --latency slow ¦ Invalid value for option '--latency': expected one of [NONE, STANDARD, EXPRESS] (case-insensitive) but was 'slow'
          s3 serve --port 70000 ¦ --port must be between 0 and 65535, was 70000
          s3 serve --faults rain=1 ¦ --faults: not a fault: rain=1; write name=share of seed, throttled, conflicts, errors, lost, late, late-max-ms, slow-lists
          compare --price no/such ¦ there is no price file no/such
          compare --price pom.xml ¦ the price file pom.xml cannot be used: it must be a JSON object with the texts name, date, source, and the numbers perMillionWrites, perMillionReads, perGigabyteUp, perGigabyteDown, if wanted an object hosting as in docs/results.md, and nothing else
          compare --sweep cores=1 ¦ --sweep must be clients=, replicas=, payload= or linger= and values with commas between, such as clients=1,16,64; was "cores=1"
          compare --sweep clients=1,many ¦ --sweep clients needs numbers from 1 on, "many" is none
          compare --sweep replicas=1,3 ¦ --fault kill-leader needs --replicas 3 or more, so that the others can go on
          compare --against no/such ¦ --against: there is no file no/such
          compare --against pom.xml ¦ --against pom.xml cannot be used: it is no JSON, but must be the results.json of an earlier comparison
          compare --peers etcd ¦ unknown peer "etcd"; there are: ratis, jraft, aeron
          compare --set quorate.rocksdb.log=paper ¦ quorate.rocksdb.log must be one of auto, segments, rocksdb, was "paper"
          compare --set raft.pre-vot=false ¦ quorate.raft.pre-vot is not a known key; did you mean quorate.raft.pre-vote?
          compare --backends raft,s3 --set quorate.s3.linger=5 ¦ quorate.s3.linger has no unit: must be a duration with its unit, such as 150 ms, was "5"
          compare --sweep linger=5ms --backends s3 --set s3.puts-in-flight=none ¦ quorate.s3.puts-in-flight must be a whole number between 1 and 16, was "none"
          compare --layout moon ¦ --layout must be local or process, was "moon"
          compare --durability hope ¦ --durability must be fsync or os, was "hope"
          compare --consistency bounded ¦ --consistency must be linearizable, lease, bounded:MILLIS (such as bounded:100) or local, was "bounded"
          compare --fault pause-leader ¦ --fault pause-leader needs --layout process: in one process a replica cannot be stopped without the load
          compare --fault stall-disk ¦ --fault stall-disk is not for s3, whose log is in the object store: say --backends raft,vsr; what a store does that makes no progress --fault s3-503 shows
          compare --backends raft --peers aeron --fault stall-disk ¦ --fault stall-disk cannot be done to aeron: they open their files themselves, so nothing fits between them and their disk
          compare --fault rain ¦ --fault must be kill-leader, pause-leader, stall-disk, partition-leader, s3-503, none, was "rain"
          compare --rate 200/m ¦ Invalid value for option '--rate': "200/m" is no rate: give calls a second, such as 200/s
          compare --rate -1 ¦ --rate must be 1 to 10000000 calls a second, was -1
          sim --backend paxos ¦ --backend: "paxos" cannot be simulated; there are: raft, s3, vsr, all
          sim --seed 5..1 ¦ Invalid value for option '--seed': "5..1" must be a seed such as 7, or a range such as 1..1000
          sim --faults rain --time 1s ¦ --faults: fault family "rain" is unknown; say swarm, none, or some of [crash, pause, partition, flap, clog, slow, loss, kind, client, disk-stall, disk-error, disk-rot, disk-tail, clock, log-rot]
          sim --scenario nowhere.txt ¦ the scenario nowhere.txt does not exist
""")
  void wrongUseIsSaidInOneSentence(String command, String sentence) {
    CommandRun run = CommandRun.of(command.split(" "));

    assertThat(run.err().lines().findFirst()).contains("quorate: " + sentence);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kv ",
        "serve ",
        "status ",
        "admin ",
        "admin transfer ",
        "sim ",
        "s3 ",
        "s3 serve ",
        "s3 probe ",
        "kv load "
      })
  void everyCommandHasHelp(String command) {
    CommandRun run = CommandRun.of((command + "--help").split(" "));

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("Usage: quorate");
  }

  @Test
  void aTypoIsAnsweredWithWhatWasMeant() {
    assertThat(CommandRun.of("statsu").err()).contains("status");
  }

  @Test
  void theConfigurationInForceIsPrinted() throws IOException {
    CommandRun run =
        CommandRun.of(
            "serve",
            "--config",
            config(7101).toString(),
            "--node",
            "n1",
            "--print-config",
            "--set",
            "raft.election-timeout=1 s .. 2 s",
            "--set",
            "snapshot.keep=7");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("raft.election-timeout = 1 s .. 2 s", "snapshot.keep = 7");
  }

  @Test
  void allMistakesOfAConfigurationAreListed() throws IOException {
    CommandRun run =
        CommandRun.of(
            "serve",
            "--config",
            config(7101).toString(),
            "--node",
            "n9",
            "--set",
            "snapshot.kep=7");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("2 problems")
        .contains("node n9 is not one of the members in quorate.members: n1")
        .contains("quorate.snapshot.kep is not a known key; did you mean quorate.snapshot.keep?");
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CommandRun run = serve(config(taken.getLocalPort()));

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("127.0.0.1:" + taken.getLocalPort()).hasLineCount(1);
    }
  }

  @Test
  void aDataFolderThatIsAFileIsNamed() throws IOException {
    Files.writeString(folder.resolve("data"), "in the way");

    CommandRun run = serve(config(freePort()));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(folder.resolve("data").toString()).hasLineCount(1);
  }

  @Test
  void filesThatAreNoReplicaAreNotInspected() {
    CommandRun run = CommandRun.of("admin", "inspect", folder.resolve("nothing").toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(folder.resolve("nothing").toString()).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"key":"a","value":"b"}\\n{"key":"a" | line 2 is not JSON
          {"key":5,"value":"b"} | line 1 must be an object like {"key":"a","value":"b"}
          {"key":"a","value":"b"}\\n\\n{"key":"a"} | line 3 must be an object like
          [] | line 1 must be an object like
          """)
  void aFileToLoadIsCheckedBeforeAnythingIsSent(String content, String sentence)
      throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), content.replace("\\n", "\n"));

    CommandRun run = CommandRun.of("kv", "load", "--connect", "h:1", file.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(file + ", " + sentence);
  }

  @Test
  void aGroupThatIsNotThereIsNamed() throws IOException {
    CommandRun run =
        CommandRun.of("kv", "get", "--connect", "127.0.0.1:" + freePort(), "--timeout", "1s", "a");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("quorate: no replica can be reached: ");
  }

  private static CommandRun serve(Path config) {
    return CommandRun.of("serve", "--config", config.toString(), "--node", "n1");
  }

  private Path config(int port) throws IOException {
    return Files.writeString(
        folder.resolve("quorate.conf"),
        """
        quorate {
          group = orders
          backend = raft
          members { n1 = "127.0.0.1:%d" }
          data-dir = "%s"
        }
        """
            .formatted(port, folder.resolve("data")));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
