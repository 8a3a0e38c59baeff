// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one folder, and processes that are killed. */
@Timeout(120)
final class FolderProcessTest {
  @TempDir Path temporary;

  @Test
  void twoProcessesRaceAndOneWins() throws IOException {
    try (FolderStore store = FolderStore.open(temporary);
        FolderProcess left = FolderProcess.start(FolderProcess.Race.class, temporary, "left");
        FolderProcess right = FolderProcess.start(FolderProcess.Race.class, temporary, "right")) {
      create(store, "root", "0");
      left.awaitReady();
      right.awaitReady();
      left.go();
      right.go();
      List<String> wonLeft = left.lines(Integer.MAX_VALUE);
      List<String> wonRight = right.lines(Integer.MAX_VALUE);

      List<String> slots = new ArrayList<>(wonLeft);
      slots.addAll(wonRight);
      long counted = slots.stream().filter("counted"::equals).count();
      slots.removeIf("counted"::equals);
      assertThat(slots).hasSize(FolderProcess.Race.ROUNDS).doesNotHaveDuplicates();
      for (int round = 0; round < FolderProcess.Race.ROUNDS; round++) {
        String winner = wonLeft.contains("slot " + round) ? "left" : "right";
        assertThat(read(store, "log/" + round)).isEqualTo(winner);
      }
      assertThat(Long.parseLong(read(store, "root"))).isEqualTo(counted);
    }
  }

  @Test
  void nothingAcknowledgedIsMissingAfterAKill() throws IOException {
    try (FolderStore store = FolderStore.open(temporary)) {
      create(store, "root", "0");
    }
    long reached = 0;
    for (int lines : new int[] {2, 17, 61}) {
      List<String> announced = runAndKill(lines);
      try (FolderStore store = FolderStore.open(temporary)) {
        for (String line : announced) {
          long slot = Long.parseLong(line.split(" ")[0]);
          // The last process may have been killed between a slot and its root.
          assertThat(line.split(" ")[1]).isIn("Stored", "PreconditionFailed");
          assertThat(FolderProcess.call(store, new ObjectRequest.Get("log/" + slot, null)))
              .isInstanceOfSatisfying(
                  ObjectResult.Found.class,
                  found ->
                      assertThat(found.bytes())
                          .isEqualTo(FolderProcess.WriteUntilKilled.body(slot)));
          reached = slot;
        }
        assertThat(Long.parseLong(read(store, "root"))).isBetween(reached, reached + 1);
        assertEveryObjectIsWhole(store);
      }
    }
    assertThat(reached).isGreaterThanOrEqualTo(80);
  }

  private static void assertEveryObjectIsWhole(FolderStore store) {
    ObjectResult.Listed listed =
        (ObjectResult.Listed) FolderProcess.call(store, new ObjectRequest.List("log/", null));
    for (ObjectResult.Item item : listed.items()) {
      long slot = Long.parseLong(item.key().substring("log/".length()));
      assertThat(item.sizeBytes()).isEqualTo(FolderProcess.WriteUntilKilled.body(slot).length);
    }
  }

  /** A process that dies while it holds a lock leaves none behind. */
  @Test
  void aKilledProcessLocksNobodyOut() throws IOException {
    try (FolderStore store = FolderStore.open(temporary)) {
      create(store, "root", "0");
      runAndKill(3);
      for (int i = 0; i < FolderLocks.LOCKS; i++) {
        create(store, "other/" + i, "one");
      }
    }
  }

  private List<String> runAndKill(int lines) throws IOException {
    try (FolderProcess process =
        FolderProcess.start(FolderProcess.WriteUntilKilled.class, temporary, "writer")) {
      process.awaitReady();
      process.go();
      List<String> announced = process.lines(lines);
      process.kill();
      announced.addAll(process.lines(Integer.MAX_VALUE));
      return announced;
    }
  }

  private static void create(FolderStore store, String key, String text) {
    ObjectResult result =
        FolderProcess.call(
            store, new ObjectRequest.Create(key, text.getBytes(StandardCharsets.UTF_8)));
    assertThat(result).isInstanceOf(ObjectResult.Stored.class);
  }

  private static String read(FolderStore store, String key) {
    ObjectResult result = FolderProcess.call(store, new ObjectRequest.Get(key, null));
    assertThat(result).isInstanceOf(ObjectResult.Found.class);
    return new String(((ObjectResult.Found) result).bytes(), StandardCharsets.UTF_8);
  }
}
