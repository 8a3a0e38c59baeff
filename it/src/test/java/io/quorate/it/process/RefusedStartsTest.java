// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica that cannot start says why in one sentence and ends with 2; its files are as they were,
 * and the group goes on without it.
 */
@Timeout(300)
class RefusedStartsTest {
  @TempDir private static Path folder;
  private static Victim victim;

  @BeforeAll
  static void start() throws IOException {
    victim = Victim.of(folder, "backend = raft");
  }

  @AfterAll
  static void stop() {
    if (victim != null) {
      victim.close();
    }
  }

  @BeforeEach
  void filesAreWhole() throws IOException {
    victim.restore();
  }

  private static ReplicaGroup group() {
    return victim.group();
  }

  @Test
  void aPortInUse() throws IOException {
    String address = group().address(Victim.NODE);
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(taken.isBound()).isTrue();
      Victim.assertRefused(Victim.serve(Path.of(group().config()), Victim.NODE), address, "in use");
    }
    victim.assertUntouched();
  }

  @Test
  void theFilesOfAnotherNode() throws IOException {
    Path config = folder.resolve("renamed.conf");
    Files.writeString(
        config, Files.readString(Path.of(group().config())).replace(Victim.NODE + " = ", "n4 = "));
    Files.move(victim.files(), group().data("n4"));

    Victim.assertRefused(
        Victim.serve(config, "n4"),
        group().data("n4").toString(),
        "belongs to node n3 of group orders");
    Files.move(group().data("n4"), victim.files());
    victim.assertUntouched();
  }

  @Test
  void theFilesOfAnotherGroup() throws IOException {
    Path config = folder.resolve("invoices.conf");
    Files.writeString(
        config,
        Files.readString(Path.of(group().config())).replace("group = orders", "group = invoices"));
    Path wrong = folder.resolve("data/invoices/" + Victim.NODE);
    Victim.copy(victim.backup(), wrong);

    Victim.assertRefused(
        Victim.serve(config, Victim.NODE), wrong.toString(), "belongs to node n3 of group orders");
  }

  @Test
  void filesThatAnotherProcessUses() throws IOException {
    Path config = folder.resolve("second.conf");
    Files.writeString(
        config,
        Files.readString(Path.of(group().config()))
            .replace(group().address("n1"), "127.0.0.1:" + FreePorts.one()));

    Victim.assertRefused(
        Victim.serve(config, "n1"), group().data("n1").toString(), "in use by another process");
    assertThat(group().process("n1").isAlive()).isTrue();
  }

  @Test
  void aFileInPlaceOfTheFolder() throws IOException {
    Victim.delete(victim.files());
    Files.writeString(victim.files(), "in the way");

    Victim.assertRefused(
        Victim.serve(Path.of(group().config()), Victim.NODE), victim.files().toString());
    assertThat(Files.readString(victim.files())).isEqualTo("in the way");
  }

  @Test
  void settingsThatAreNone() throws IOException {
    Path config = folder.resolve("mistakes.conf");
    Files.writeString(
        config,
        Files.readString(Path.of(group().config()))
            .replace(
                "limits {",
                "raft { electoin-timeout = 1 s .. 2 s, heartbeat-interval = 50 }\n"
                    + "  limits {"));

    try (ReplicaProcess process = ReplicaProcess.start(config, Victim.NODE)) {
      int code = process.awaitExit();
      assertThat(code).as(process.output()).isEqualTo(2);
      assertThat(process.err())
          .contains("quorate.raft.electoin-timeout", "did you mean quorate.raft.election-timeout")
          .contains("quorate.raft.heartbeat-interval", "with its unit")
          .doesNotContain("\tat ");
    }
  }
}
