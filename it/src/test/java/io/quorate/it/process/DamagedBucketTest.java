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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bucket that somebody has put back, exchanged or damaged: the replica stops itself with one
 * sentence and changes nothing; with the right objects back, everything is there.
 */
@Tag("slow")
@Timeout(300)
class DamagedBucketTest {
  private static final String NODE = "n1";
  private static final int KEYS = 20;

  @TempDir private Path folder;
  private ReplicaGroup group;
  private QuorateClient client;
  private List<Item> written;

  /** A replica that has written some, and was killed. */
  @BeforeEach
  void write() throws IOException {
    group =
        ReplicaGroup.start(
            folder,
            List.of(NODE),
            "backend = s3\n  s3 { store = folder, folder = \"%s\" }".formatted(bucket()));
    client = group.connect();
    try (KvClient store = KvClient.open(client.log()).join()) {
      for (int i = 0; i < KEYS; i++) {
        store.put("key-" + i, "value").join();
      }
    }
    written = contents();
    kill();
  }

  @AfterEach
  void stop() {
    client.close();
    group.close();
  }

  private Path bucket() {
    return folder.resolve("bucket");
  }

  private List<Item> contents() {
    return Contents.of(client, "key-", ReadConsistency.LINEARIZABLE);
  }

  private void kill() {
    group.process(NODE).kill();
    int unused = group.process(NODE).awaitExit();
  }

  @Test
  void aRootThatWentBack() throws IOException {
    Path root = only("root");
    Path old = Files.copy(root, folder.resolve("old-root"));
    group.startMissing();
    kill();
    Path newest = Files.move(root, folder.resolve("newest-root"));
    Files.copy(old, root);

    assertStopsItself("/orders/root went back to version 1", "the bucket was restored from a copy");

    assertThat(Files.mismatch(root, old)).as("the root was left alone").isEqualTo(-1);
    Files.delete(root);
    Files.move(newest, root);
    assertEverythingIsThere();
  }

  @Test
  void theObjectsOfAnotherGroupOfThisName() throws IOException {
    Path data = Files.move(group.data(NODE), folder.resolve("data-of-this"));
    Path objects = Files.move(bucket(), folder.resolve("bucket-of-this"));
    group.startMissing();
    kill();
    Files.move(group.data(NODE), folder.resolve("data-of-other"));
    Files.move(data, group.data(NODE));

    assertStopsItself("belongs to another group of this name", "set quorate.s3.prefix");

    Files.move(bucket(), folder.resolve("bucket-of-other"));
    Files.move(objects, bucket());
    assertEverythingIsThere();
  }

  @Test
  void aRootThatIsGone() throws IOException {
    Path root = only("root");
    Path aside = Files.move(root, folder.resolve("root-aside"));

    assertStopsItself("/orders/root is gone");

    assertThat(root).as("nothing was founded anew").doesNotExist();
    Files.move(aside, root);
    assertEverythingIsThere();
  }

  @Test
  void aDamagedSlot() throws IOException {
    Path slot = files("000000003").getFirst();
    byte[] sound = Files.readAllBytes(slot);
    byte[] damaged = sound.clone();
    damaged[damaged.length / 2] ^= 4;
    Files.write(slot, damaged);
    Files.move(group.data(NODE), folder.resolve("cache")); // so that the bucket is read

    assertStopsItself("/orders/log/", "000000003");

    assertThat(Files.readAllBytes(slot)).as("the slot was left alone").isEqualTo(damaged);
    Files.write(slot, sound);
    assertEverythingIsThere();
  }

  /** Ends with 1, and with one line that says why. */
  private void assertStopsItself(String... words) {
    ReplicaProcess process = group.startOnly(NODE);
    int code = process.awaitExit();
    assertThat(code).as(process.output()).isEqualTo(1);
    List<String> said = process.err().lines().filter(line -> line.startsWith("quorate: ")).toList();
    assertThat(said).as(process.output()).hasSize(1);
    assertThat(said.getFirst()).startsWith("quorate: n1 stopped itself: ").contains(words);
  }

  private void assertEverythingIsThere() {
    group.startMissing();
    assertThat(contents()).isEqualTo(written);
  }

  private Path only(String name) throws IOException {
    List<Path> found = files(name);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /** Files of the objects whose key ends so. */
  private List<Path> files(String end) throws IOException {
    try (Stream<Path> all = Files.walk(bucket())) {
      List<Path> found = all.filter(file -> file.toString().endsWith(end + ".object")).toList();
      assertThat(found).as("objects that end with " + end).isNotEmpty();
      return found;
    }
  }
}
