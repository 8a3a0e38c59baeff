// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvResult.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process with its log in a folder, like {@code samples/conf/s3-1.conf}. */
@Timeout(300)
class LoneReplicaOnAFolderTest {
  @TempDir private static Path folder;
  private static ReplicaGroup group;
  private static QuorateClient client;

  @BeforeAll
  static void start() throws IOException {
    group =
        ReplicaGroup.start(
            folder,
            List.of("n1"),
            "backend = s3\n  s3 { store = folder, folder = \"%s\" }"
                .formatted(folder.resolve("bucket")));
    client = group.connect();
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

  @Test
  @Tag("slow")
  void everyAcknowledgedWriteOutlivesItsDeath() {
    AllKilled.run(group, client, "a-");
  }

  @Test
  void itsDataFolderIsACache() throws IOException {
    Command load =
        Command.run(
            "kv", "load", "--config", group.config(), "--generate", "500", "--key-prefix", "b-");
    assertThat(load.code()).as(load.err()).isZero();
    List<Item> before = Contents.of(client, "b-", ReadConsistency.LINEARIZABLE);

    group.process("n1").kill();
    int unused = group.process("n1").awaitExit();
    Files.move(group.data("n1"), folder.resolve("lost"));
    group.startMissing();

    Contents.assertLoadedOnce(client, "b-", 500);
    assertThat(Contents.of(client, "b-", ReadConsistency.LINEARIZABLE)).isEqualTo(before);
  }
}
