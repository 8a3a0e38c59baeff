// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvClient;
import io.quorate.samples.kv.KvResult.Item;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A replica that cannot start says why in one sentence and ends with 2; its files are as they were,
 * and the group goes on without it.
 */
@Timeout(300)
class RefusedStartsTest {
  private static final String VICTIM = "n3";

  @TempDir private static Path folder;
  private static ReplicaGroup group;
  private static QuorateClient client;
  private static List<Item> written;

  @BeforeAll
  static void start() throws IOException {
    group = ReplicaGroup.start(folder);
    client = group.connect();
    try (KvClient store = KvClient.open(client.log()).join()) {
      for (int i = 0; i < 500; i++) {
        store.put("key-" + i, "x".repeat(200)).join();
      }
    }
    written = contents();
    group.awaitCaughtUp(client);
    group.process(VICTIM).kill();
    int unused = group.process(VICTIM).awaitExit();
    copy(group.data(VICTIM), backup());
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (group != null) {
      group.close();
    }
  }

  /** The replica does not run, and its files are as it left them. */
  @BeforeEach
  void filesAreWhole() throws IOException {
    group.process(VICTIM).close();
    delete(group.data(VICTIM));
    copy(backup(), group.data(VICTIM));
  }

  private static Path backup() {
    return folder.resolve("backup");
  }

  @Test
  void aPortInUse() throws IOException {
    String address = group.address(VICTIM);
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(taken.isBound()).isTrue();
      assertRefused(serve(Path.of(group.config()), VICTIM), address, "in use");
    }
    assertUntouched();
  }

  @Test
  void theFilesOfAnotherNode() throws IOException {
    Path config = folder.resolve("renamed.conf");
    Files.writeString(
        config, Files.readString(Path.of(group.config())).replace(VICTIM + " = ", "n4 = "));
    Files.move(group.data(VICTIM), group.data("n4"));

    assertRefused(
        serve(config, "n4"), group.data("n4").toString(), "belongs to node n3 of group orders");
    Files.move(group.data("n4"), group.data(VICTIM));
    assertUntouched();
  }

  @Test
  void theFilesOfAnotherGroup() throws IOException {
    Path config = folder.resolve("invoices.conf");
    Files.writeString(
        config,
        Files.readString(Path.of(group.config())).replace("group = orders", "group = invoices"));
    Path wrong = folder.resolve("data/invoices/" + VICTIM);
    copy(backup(), wrong);

    assertRefused(serve(config, VICTIM), wrong.toString(), "belongs to node n3 of group orders");
  }

  @Test
  void filesThatAnotherProcessUses() throws IOException {
    Path config = folder.resolve("second.conf");
    Files.writeString(
        config,
        Files.readString(Path.of(group.config()))
            .replace(group.address("n1"), "127.0.0.1:" + FreePorts.one()));

    assertRefused(serve(config, "n1"), group.data("n1").toString(), "in use by another process");
    assertThat(group.process("n1").isAlive()).isTrue();
  }

  @Test
  void aFileInPlaceOfTheFolder() throws IOException {
    delete(group.data(VICTIM));
    Files.writeString(group.data(VICTIM), "in the way");

    assertRefused(serve(Path.of(group.config()), VICTIM), group.data(VICTIM).toString());
    assertThat(Files.readString(group.data(VICTIM))).isEqualTo("in the way");
  }

  @Test
  void settingsThatAreNone() throws IOException {
    Path config = folder.resolve("mistakes.conf");
    Files.writeString(
        config,
        Files.readString(Path.of(group.config()))
            .replace(
                "limits {",
                "raft { electoin-timeout = 1 s .. 2 s, heartbeat-interval = 50 }\n"
                    + "  limits {"));

    try (ReplicaProcess process = ReplicaProcess.start(config, VICTIM)) {
      int code = process.awaitExit();
      assertThat(code).as(process.output()).isEqualTo(2);
      assertThat(process.err())
          .contains("quorate.raft.electoin-timeout", "did you mean quorate.raft.election-timeout")
          .contains("quorate.raft.heartbeat-interval", "with its unit")
          .doesNotContain("\tat ");
    }
  }

  /**
   * Whatever is damaged: either it is refused, or it can be mended from what is there and from the
   * others; but never does the replica serve anything else than what was written.
   */
  @ParameterizedTest
  @ValueSource(strings = {"log in the middle", "log at its end", "marker"})
  void damagedFiles(String what) throws IOException {
    damage(what);

    ReplicaProcess process = group.startOnly(VICTIM);
    Await.until(
        () -> !process.isAlive() || process.out().contains("is ready"),
        () -> "it neither starts nor ends" + process.output());

    if (process.isAlive()) {
      assertComesBack();
    } else {
      int code = process.awaitExit();
      assertRefused(new Command(code, process.out(), process.err()), group.data(VICTIM).toString());
      assertThat(contents()).isEqualTo(written);
    }
  }

  /** Damage that hides who it is, or which files are its log. */
  @ParameterizedTest
  @ValueSource(strings = {"identity", "manifest"})
  void filesThatTellNothing(String what) throws IOException {
    damage(what);

    assertRefused(serve(Path.of(group.config()), VICTIM), group.data(VICTIM).toString());
    assertThat(contents()).isEqualTo(written);
  }

  /** A bad block under entries whose headers are known: nobody need do anything. */
  @Test
  void aDamagedTableFileIsMendedFromTheOthers() throws IOException {
    // A start moves what the write-ahead log holds into table files.
    group.startMissing();
    group.awaitCaughtUp(client);
    group.process(VICTIM).kill();
    int unused = group.process(VICTIM).awaitExit();
    DamagedFiles.flipEntries(group.data(VICTIM));

    assertComesBack();
    assertThat(DamagedFiles.inspected(group.data(VICTIM))).startsWith("sound");
  }

  private static void damage(String what) throws IOException {
    Path data = group.data(VICTIM);
    switch (what) {
      case "log in the middle" -> {
        for (Path file : DamagedFiles.files(data.resolve("log"), ".log")) {
          DamagedFiles.flip(file, Files.size(file) / 2);
        }
      }
      case "log at its end" -> {
        for (Path file : DamagedFiles.files(data.resolve("log"), ".log")) {
          DamagedFiles.flip(file, Files.size(file) - 8);
        }
      }
      case "marker", "identity" ->
          DamagedFiles.flip(data.resolve(what), Files.size(data.resolve(what)) / 4);
      case "manifest" -> {
        for (Path file : DamagedFiles.files(data.resolve("log"), "")) {
          if (String.valueOf(file.getFileName()).startsWith("MANIFEST")) {
            DamagedFiles.flip(file, Files.size(file) / 2);
          }
        }
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  /** What {@code quorate serve} says when it does not start. */
  private static Command serve(Path config, String node) {
    return Command.run("serve", "--config", config.toString(), "--node", node);
  }

  /** Exit code 2 and one line, which names what is wrong. */
  private static void assertRefused(Command command, String... words) {
    assertThat(command.code()).as("%s", command).isEqualTo(2);
    assertThat(command.out()).isEmpty();
    List<String> said = command.err().lines().filter(line -> line.startsWith("quorate: ")).toList();
    assertThat(said).as("%s", command).hasSize(1);
    assertThat(said.get(0)).contains(words);
    assertThat(command.err()).doesNotContain("\tat ").doesNotContain("Exception");
  }

  /** The files are those that the replica left: the log is sound and ends where it ended. */
  private static void assertUntouched() {
    assertThat(DamagedFiles.inspected(group.data(VICTIM))).startsWith("sound");
    assertThat(DamagedFiles.told(group.data(VICTIM))).isEqualTo(DamagedFiles.told(backup()));
  }

  /** The replica starts again and has everything; then it is stopped again, with its new files. */
  private static void assertComesBack() throws IOException {
    group.startMissing();
    group.awaitCaughtUp(client);
    try (QuorateClient alone = group.connectOnly(VICTIM)) {
      assertThat(Contents.of(alone, "", ReadConsistency.local(0))).isEqualTo(written);
    }
    assertThat(contents()).isEqualTo(written);
    group.process(VICTIM).kill();
    int unused = group.process(VICTIM).awaitExit();
    delete(backup());
    copy(group.data(VICTIM), backup());
  }

  private static List<Item> contents() {
    return Contents.of(client, "", ReadConsistency.LINEARIZABLE);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> all = Files.walk(path)) {
      all.sorted(Comparator.reverseOrder()).forEach(paths::add);
    }
    for (Path each : paths) {
      Files.delete(each);
    }
  }
}
