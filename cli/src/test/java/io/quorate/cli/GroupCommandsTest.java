// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.api.NodeId;
import io.quorate.cli.LoadSource.NdjsonFile;
import io.quorate.samples.kv.KvClient;
import io.quorate.samples.kv.KvCommand.LoadLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All commands that talk to a group, against a real one: gRPC on loopback, RocksDB, Raft. */
class GroupCommandsTest {
  private static RunningGroup group;

  @TempDir private static Path shared;
  @TempDir private Path folder;

  @BeforeAll
  static void start() throws IOException {
    group = new RunningGroup(shared);
    group.leader();
  }

  @AfterAll
  static void stop() {
    group.close();
  }

  private static CommandRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--config", group.config(), "--timeout", "60s"));
    return CommandRun.of(all.toArray(new String[0]));
  }

  private static JsonNode json(CommandRun run) throws JsonProcessingException {
    return Json.parse(run.out());
  }

  @Test
  void whatWasPutIsRead() throws JsonProcessingException {
    CommandRun put = run("kv", "put", "greeting", "hello world");

    assertThat(put.out()).startsWith("ok, revision ");
    assertThat(run("kv", "get", "greeting")).isEqualTo(new CommandRun(0, "hello world\n", ""));
    JsonNode item = json(run("kv", "get", "greeting", "--json"));
    assertThat(item.get("value").textValue()).isEqualTo("hello world");
    assertThat(put.out()).contains(item.get("revision").asText());
    assertThat(run("kv", "delete", "greeting").out()).startsWith("deleted");
    assertThat(run("kv", "delete", "greeting").out()).isEqualTo("was not there\n");
    assertThat(run("kv", "get", "greeting").err()).isEqualTo("quorate: there is no key greeting\n");
    assertThat(run("kv", "get", "greeting").code()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linearizable", "bounded:60000", "local"})
  void readsOfAnyFreshnessAreServed(String consistency) {
    CommandRun run = run("kv", "get", "nobody", "--consistency", consistency);

    assertThat(run.err()).isEqualTo("quorate: there is no key nobody\n");
  }

  @Test
  void leaseReadsAreRefusedWhileLeasesAreOff() {
    CommandRun run = run("kv", "get", "nobody", "--consistency", "lease");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("quorate: ").contains("lease");
  }

  @Test
  void conditionalWritesTellWhyTheyWereNotDone() {
    assertThat(run("kv", "cas", "lock", "me", "--absent").code()).isZero();
    CommandRun second = run("kv", "cas", "lock", "you", "--absent");
    CommandRun third = run("kv", "cas", "lock", "you", "--expect", "me");

    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).isEqualTo("quorate: lock has the value me\n");
    assertThat(third.code()).isZero();
  }

  @Test
  void incrementsCount() {
    assertThat(run("kv", "incr", "hits").out()).isEqualTo("1\n");
    assertThat(run("kv", "incr", "hits", "--by", "41").out()).isEqualTo("42\n");
    run("kv", "put", "word", "x");
    assertThat(run("kv", "incr", "word").err())
        .isEqualTo("quorate: the value of word is not a whole number\n");
  }

  @Test
  void aConfigurationOfAnotherGroupIsSaidAtOnce() throws IOException {
    Path other = folder.resolve("other-group.conf");
    String own = Files.readString(Path.of(group.config()));
    Files.writeString(other, own.replace("group = orders", "group = invoices"));
    for (String[] command :
        new String[][] {{"kv", "put", "astray", "1"}, {"status"}, {"admin", "snapshot"}}) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of("--config", other.toString(), "--timeout", "10m"));
      CommandRun astray = CommandRun.of(arguments.toArray(new String[0]));
      assertThat(astray.code()).as(astray.err()).isEqualTo(2);
      assertThat(astray.err())
          .hasLineCount(1)
          .startsWith("quorate: the configuration is of group invoices, but node n")
          .contains(" is of group orders")
          .endsWith("; correct the group or the addresses\n");
    }
    assertThat(run("kv", "get", "astray").code()).isEqualTo(1);
  }

  @Test
  void aLoadIsScannedAndWatched() throws IOException {
    long before = json(run("kv", "put", "mark", "1", "--json")).get("revision").longValue();
    Path file = ndjson("scan-", 1500);

    CommandRun load = run("kv", "load", file.toString(), "--json");

    assertThat(json(load).get("keys").longValue()).isEqualTo(1500);
    assertThat(json(load).get("resumed_after").longValue()).isZero();
    assertThat(run("kv", "scan", "scan-", "--limit", "0").out()).hasLineCount(1500);
    assertThat(run("kv", "scan", "scan-", "--limit", "7").out()).hasLineCount(7);
    CommandRun watch =
        run("kv", "watch", "scan-", "--since", Long.toString(before), "--count", "1500");
    assertThat(watch.out()).hasLineCount(1500).contains("put\tscan-0\tvalue 0\n");
  }

  @Test
  void aLoadThatWasStoppedGoesOnAndRepeatsNothing() throws IOException {
    Path file = ndjson("resumed-", 400);
    NdjsonFile source = NdjsonFile.check(file);
    long before = json(run("kv", "put", "mark", "2", "--json")).get("revision").longValue();
    NodeId leader = group.leader();
    try (KvClient store = KvClient.open(group.nodes().get(leader).log()).join()) {
      for (int i = 0; i < 150; i++) {
        store.loadLine(new LoadLine(source.id(), i + 1, "resumed-" + i, "value " + i)).join();
      }
    }

    CommandRun load = run("kv", "load", file.toString(), "--json");

    assertThat(load.err()).contains("going on after the first 150 keys");
    assertThat(json(load).get("resumed_after").longValue()).isEqualTo(150);
    assertThat(json(load).get("repeated").longValue()).isZero();
    CommandRun changes =
        run("kv", "watch", "resumed-", "--since", Long.toString(before), "--count", "400");
    assertThat(changes.out().lines().map(line -> line.split("\t")[2])).doesNotHaveDuplicates();
  }

  @Test
  void aLoadOutlivesItsLeader() throws IOException {
    Path file = ndjson("killed-", 3000);
    long before = json(run("kv", "put", "mark", "3", "--json")).get("revision").longValue();
    CompletableFuture<CommandRun> load =
        CompletableFuture.supplyAsync(
            () -> run("kv", "load", file.toString(), "--outstanding", "64", "--json"));
    NodeId victim = group.leader();
    while (!load.isDone() && run("kv", "get", "killed-200").code() != 0) {
      Thread.onSpinWait();
    }

    group.kill(victim);
    CommandRun done = load.join();
    group.start(victim);

    assertThat(done.err()).isEmpty();
    assertThat(done.code()).isZero();
    assertThat(json(done).get("keys").longValue()).isEqualTo(3000);
    CommandRun changes =
        run("kv", "watch", "killed-", "--since", Long.toString(before), "--count", "3000");
    assertThat(changes.out().lines().map(line -> line.split("\t")[2])).doesNotHaveDuplicates();
  }

  @Test
  void statusShowsAllReplicas() throws JsonProcessingException {
    NodeId leader = group.leader();

    CommandRun table = run("status");
    JsonNode json = json(run("status", "--json"));

    assertThat(table.code()).isZero();
    assertThat(table.out()).hasLineCount(4).contains("NODE", "n1", "n2", "n3");
    assertThat(json.get("leader").textValue()).isEqualTo(leader.value());
    assertThat(json.get("replicas")).hasSize(3);
    assertThat(json.get("replicas").get(0).get("counters").has("commands_applied")).isTrue();
  }

  @Test
  void statusShowsWhoCannotBeReached() {
    NodeId victim =
        group.nodes().keySet().stream()
            .filter(node -> !node.equals(group.leader()))
            .findFirst()
            .orElseThrow();
    group.kill(victim);

    CommandRun table = run("status");
    group.start(victim);

    assertThat(table.out().lines().filter(line -> line.startsWith(victim.value())).toList())
        .singleElement()
        .satisfies(line -> assertThat(line).contains("unreachable: "));
    assertThat(table.code()).isZero();
  }

  @Test
  void addressesAreEnoughToFindTheGroup() {
    String one =
        group
            .nodes()
            .values()
            .iterator()
            .next()
            .config()
            .members()
            .values()
            .iterator()
            .next()
            .toString();

    CommandRun run = CommandRun.of("status", "--connect", one, "--timeout", "60s");

    assertThat(run.out()).hasLineCount(4);
  }

  @Test
  void leadershipIsHandedOver() {
    NodeId leader = group.leader();
    String target =
        group.nodes().keySet().stream()
            .filter(node -> !node.equals(leader))
            .findFirst()
            .orElseThrow()
            .value();

    CommandRun run = run("admin", "transfer", "--to", target);
    CommandRun unknown = run("admin", "transfer", "--to", "n9");

    assertThat(run.out() + run.err())
        .isEqualTo(leader + " has handed leadership over to " + target + "\n");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).isEqualTo("quorate: n9 is not one of the members n1, n2, n3\n");
  }

  @Test
  void snapshotsAreTakenOnDemand() {
    run("kv", "put", "snapshot", "due");

    CommandRun run = run("admin", "snapshot");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo("n1 has a new snapshot\nn2 has a new snapshot\nn3 has a new snapshot\n");
  }

  private Path ndjson(String prefix, int lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append("{\"key\":\"").append(prefix).append(i);
      text.append("\",\"value\":\"value ").append(i).append("\"}\n");
    }
    return Files.writeString(folder.resolve(prefix + "load.json"), text);
  }
}
