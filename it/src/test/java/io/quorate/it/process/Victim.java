// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvClient;
import io.quorate.samples.kv.KvResult.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One replica of a group of three processes that does not run, and its files: they can be spoiled
 * and put back as often as a test likes, while the group goes on without it.
 */
final class Victim implements AutoCloseable {
  static final String NODE = "n3";

  private final Path folder;
  private final ReplicaGroup group;
  private final QuorateClient client;
  private final List<Item> written;

  private Victim(Path folder, ReplicaGroup group, QuorateClient client, List<Item> written) {
    this.folder = folder;
    this.group = group;
    this.client = client;
    this.written = written;
  }

  /**
   * Starts a group, has it write something, and kills the replica.
   *
   * @param backend lines of the configuration
   */
  static Victim of(Path folder, String backend) throws IOException {
    ReplicaGroup group = ReplicaGroup.start(folder, List.of("n1", "n2", NODE), backend);
    QuorateClient client = group.connect();
    try (KvClient store = KvClient.open(client.log()).join()) {
      for (int i = 0; i < 500; i++) {
        store.put("key-" + i, "x".repeat(200)).join();
      }
    }
    List<Item> written = Contents.of(client, "", ReadConsistency.LINEARIZABLE);
    Victim victim = new Victim(folder, group, client, written);
    group.awaitCaughtUp(client);
    victim.kill();
    copy(victim.files(), victim.backup());
    return victim;
  }

  ReplicaGroup group() {
    return group;
  }

  /** The folder of its files. */
  Path files() {
    return group.data(NODE);
  }

  /** Its files as they were. */
  Path backup() {
    return folder.resolve("backup");
  }

  /** The replica does not run, and its files are as it left them. */
  void restore() throws IOException {
    group.process(NODE).close();
    delete(files());
    copy(backup(), files());
  }

  /** Starts it, waits until it has everything, and kills it. */
  void restart() {
    group.startMissing();
    group.awaitCaughtUp(client);
    kill();
  }

  private void kill() {
    group.process(NODE).kill();
    int unused = group.process(NODE).awaitExit();
  }

  /** What {@code quorate serve} says when it does not start. */
  static Command serve(Path config, String node) {
    return Command.run("serve", "--config", config.toString(), "--node", node);
  }

  /** Exit code 2 and one line, which names what is wrong. */
  static void assertRefused(Command command, String... words) {
    assertThat(command.code()).as("%s", command).isEqualTo(2);
    assertThat(command.out()).isEmpty();
    List<String> said = command.err().lines().filter(line -> line.startsWith("quorate: ")).toList();
    assertThat(said).as("%s", command).hasSize(1);
    assertThat(said.get(0)).contains(words);
    assertThat(command.err()).doesNotContain("\tat ").doesNotContain("Exception");
  }

  /** The files are those that the replica left: the log is sound and ends where it ended. */
  void assertUntouched() {
    assertThat(DamagedFiles.inspected(files())).startsWith("sound");
    assertThat(DamagedFiles.told(files())).isEqualTo(DamagedFiles.told(backup()));
  }

  /** The others have what was written. */
  void assertNothingLost() {
    assertThat(Contents.of(client, "", ReadConsistency.LINEARIZABLE)).isEqualTo(written);
  }

  /** The replica starts again and has everything; then it is stopped again, with its new files. */
  void assertComesBack() throws IOException {
    group.startMissing();
    group.awaitCaughtUp(client);
    try (QuorateClient alone = group.connectOnly(NODE)) {
      assertThat(Contents.of(alone, "", ReadConsistency.local(0))).isEqualTo(written);
    }
    assertNothingLost();
    kill();
    delete(backup());
    copy(files(), backup());
  }

  @Override
  public void close() {
    client.close();
    group.close();
  }

  static void copy(Path from, Path to) throws IOException {
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

  static void delete(Path path) throws IOException {
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
