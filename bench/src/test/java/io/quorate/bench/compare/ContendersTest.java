// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.bench.compare.CompareOptions.Fault;
import io.quorate.bench.compare.Conditions.Durability;
import io.quorate.bench.compare.Conditions.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real contenders, in short runs. */
final class ContendersTest {
  private static final Conditions PROCESSES =
      new Conditions(Layout.PROCESS, Durability.FSYNC, "linearizable");

  @TempDir private Path folder;

  private GroupSetup setup(String contender, TreeMap<String, String> settings) {
    List<Integer> ports = List.of(1, 2, 3);
    return new GroupSetup(
        contender,
        "compare",
        folder.toString(),
        ports,
        Collections.nCopies(3, List.of(4, 5, 6, 7)),
        Collections.nCopies(3, ports),
        8,
        4,
        null,
        PROCESSES,
        settings);
  }

  private static Measured run(String contender, Fault fault, Conditions conditions)
      throws InterruptedException {
    return run(
        Asked.of(contender)
            .readPercent(25)
            .fault(fault)
            .report(Path.of("target", "compare-report"))
            .under(conditions)
            .options());
  }

  private static Measured run(CompareOptions options) throws InterruptedException {
    Measured measured = new Comparison(options, new PlantedFaultTest.Silence()).run().get(0);
    assertThat(measured.verdict().problems()).isEmpty();
    assertThat(measured.verdict().good()).isTrue();
    assertThat(measured.answered()).isPositive();
    return measured;
  }

  @Test
  void aPeerIsLoadedApartAndNamesItsVersion() {
    Contender jraft = Contenders.named("jraft");

    assertThat(jraft.settings(setup("jraft", new TreeMap<>())))
        .contains("SOFAJRaft 1.", "election timeout 1000 ms");
    assertThat(Thread.currentThread().getContextClassLoader())
        .isEqualTo(ContendersTest.class.getClassLoader());
  }

  @Test
  void oursTellEverySettingButWhereTheyRun() {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("quorate.raft.heartbeat-interval", "40 ms");

    assertThat(Contenders.named("raft").everySetting(setup("raft", settings)))
        .containsEntry("quorate.raft.heartbeat-interval", "40 ms")
        .containsEntry("quorate.raft.election-timeout", "150 ms .. 300 ms")
        .containsEntry("quorate.rocksdb.durability", "fsync")
        .doesNotContainKeys("quorate.data-dir", "quorate.group", "quorate.members.n1");
    assertThat(Contenders.named("jraft").everySetting(setup("jraft", settings))).isEmpty();
  }

  @Test
  void aPeerThatDoesNotSyncByDefaultSaysHowItWasMadeTo() {
    Contender aeron = Contenders.named("aeron");

    assertThat(aeron.durability(setup("aeron", new TreeMap<>())))
        .isEqualTo("fsync on a majority (file sync level 1)");
    assertThat(aeron.settings(setup("aeron", new TreeMap<>())))
        .contains("Aeron Cluster 1.", "leader heartbeat timeout 10 s (its default)");
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"ratis", "jraft", "aeron"})
  void aPeerLosesItsLeaderAndNothingElse(String peer) throws InterruptedException {
    Measured measured = run(peer, Fault.KILL_LEADER, Conditions.DEFAULT);

    assertThat(measured.gapNanos()).isPositive();
    assertThat(measured.settings()).contains("(its default)");
  }

  @Tag("slow")
  @Test
  void replicasInProcessesOfTheirOwnLoseTheirLeaderAndNothingElse() throws InterruptedException {
    Measured measured = run("raft", Fault.KILL_LEADER, PROCESSES);

    assertThat(measured.fault()).startsWith("SIGKILL to the leader n");
    assertThat(measured.costs().cpuNanos()).isPositive();
    assertThat(measured.costs().allocatedBytes()).isEmpty();
    assertThat(measured.counts()).containsKey("log_syncs");
    assertThat(measured.leaderChanges().orElse(0)).isPositive();
  }

  @Tag("slow")
  @Test
  void aPausedLeaderDoesNoHarm() throws InterruptedException {
    Measured measured = run("vsr", Fault.PAUSE_LEADER, PROCESSES);

    assertThat(measured.fault()).startsWith("paused the leader n");
  }

  /** The disk hangs for longer than the leader waits for it, which makes it hand over. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"raft, LOCAL", "vsr, LOCAL", "raft, PROCESS"})
  void aLeaderWhoseDiskHangsHandsOver(String backend, Layout layout) throws InterruptedException {
    Duration stall = Duration.ofSeconds(2);
    Duration patience = stall.dividedBy(4);
    Measured measured =
        run(
            Asked.of(backend)
                .lasting(Duration.ofMillis(500), stall.multipliedBy(2))
                .readPercent(25)
                .fault(Fault.STALL_DISK)
                .set("quorate." + backend + ".disk-stall-timeout", patience.toMillis() + " ms")
                .report(Path.of("target", "compare-report"))
                .under(new Conditions(layout, Durability.FSYNC, "linearizable"))
                .options());

    assertThat(measured.fault()).startsWith("stalled the disk of the leader n");
    assertThat(measured.gapNanos()).isPositive().isLessThan(stall.toNanos());
    assertThat(measured.counts().get("role_changes")).isGreaterThanOrEqualTo(2);
  }

  @Tag("slow")
  @Test
  void aLeaderThatIsCutOffDoesNoHarm() throws InterruptedException {
    Measured measured = run("raft", Fault.PARTITION_LEADER, Conditions.DEFAULT);

    assertThat(measured.fault()).startsWith("cut off the leader n");
  }

  @Tag("slow")
  @Test
  void aThrottlingStoreLosesNothing() throws InterruptedException {
    Measured measured = run("s3", Fault.S3_503, Conditions.DEFAULT);

    assertThat(measured.gapNanos()).isPositive();
  }

  @Tag("slow")
  @Test
  void aReplicaThatEndsByItselfFailsTheRunWithItsLastWords() throws IOException {
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("quorate.no-such-key", "1");
    Path logs = Files.createDirectory(folder.resolve("logs"));
    ProcessReplica replica = ProcessReplica.start(setup("raft", settings), 1, logs);

    assertThatThrownBy(
            () -> {
              while (true) {
                replica.status();
              }
            })
        .isInstanceOf(ContenderFailure.class)
        .hasMessageContainingAll("raft n1 ended by itself", "quorate.no-such-key");
  }
}
