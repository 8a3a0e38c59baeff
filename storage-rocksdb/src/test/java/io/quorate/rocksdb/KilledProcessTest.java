// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.core.log.DurableState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that writes is killed, again and again: nothing that it had announced is missing. */
@ParameterizedClass
@EnumSource(LogKind.class)
final class KilledProcessTest {
  private static final String MANY = "1000000";

  private final LogKind kind;

  @TempDir Path temporary;

  KilledProcessTest(LogKind kind) {
    this.kind = kind;
  }

  @Test
  void nothingAnnouncedIsMissingAfterAKill() throws IOException {
    Path path = temporary.resolve("n1");
    int[] groupsBeforeKill = {1, 40, 200};
    long reached = 0;
    for (int groups : groupsBeforeKill) {
      String announced = runAndKill(path, groups);
      DurableState found = recover(path);

      assertThat(found.headCertain()).isTrue();
      long group = groupIn(announced);
      assertThat(group).isGreaterThanOrEqualTo(reached + groups);
      assertThat(ChildLog.group(found)).isBetween(group, Long.MAX_VALUE);
      if (ChildLog.group(found) == group) {
        assertThat(new ChildLog(found).describe()).isEqualTo(announced);
      }
      reached = ChildLog.group(found);
    }
    assertThat(reached).isGreaterThan(240);
  }

  /** Returns the last line that the child had printed when it was killed. */
  private String runAndKill(Path path, int groups) throws IOException {
    try (Child child =
        Child.start(
            Child.WriteUntilKilled.class, path.toString(), MANY, "700", "65536", kind.name())) {
      assertThat(child.line()).isEqualTo("certain true");
      String last = "";
      for (int i = 0; i < groups; i++) {
        last = child.line();
      }
      child.kill();
      // What it printed before it died counts, whether we had read it or not.
      for (String line = child.line(); line != null; line = child.line()) {
        last = line.matches("\\d+ \\d+ \\d+ [0-9a-f]{32}") ? line : last;
      }
      return last;
    }
  }

  private static long groupIn(String announced) {
    return Long.parseLong(announced.substring(0, announced.indexOf(' ')));
  }

  private DurableState recover(Path path) {
    try (RocksStorage storage = Disks.open(path, kind)) {
      return storage.log().recover(null, Long.MAX_VALUE);
    }
  }

  @Test
  void neitherRocksNorTheJvmWritesToTheTerminal() throws IOException {
    assumeTrue(kind == LogKind.ROCKSDB, "only RocksDB is known to say something");
    Path path = temporary.resolve("n1");
    try (Child child =
        Child.start(
            Child.WriteUntilKilled.class, path.toString(), "20", "100", "65536", kind.name())) {
      assertThat(child.line()).isEqualTo("certain true");
      for (int i = 1; i <= 20; i++) {
        assertThat(child.line()).startsWith(i + " ");
      }
      assertThat(child.line()).isEqualTo("closed");
      assertThat(child.line()).isNull();
      assertThat(child.errors()).isEmpty();
    }
  }

  /** The largest file that the process may write stands in for a full disk. */
  @Test
  void aFullDiskStopsTheStoreAndLosesNothing() throws IOException {
    Path path = temporary.resolve("n1");
    List<String> limited = List.of("bash", "-c", "ulimit -f 300; exec \"$@\"", "limited");
    // A small segment is never too large: a group must be, which gets one of its own.
    String payloadBytes = kind == LogKind.SEGMENTS ? "150000" : "30000";
    // Unpacks the native library, which is larger than that.
    recover(path);
    String announced = "";
    try (Child child =
        Child.start(
            limited,
            Child.WriteUntilKilled.class,
            path.toString(),
            MANY,
            payloadBytes,
            "67108864",
            kind.name())) {
      for (String line = child.line(); line != null; line = child.line()) {
        announced = line;
      }
      assertThat(child.errors()).contains("StorageFault").contains(path.toString());
    }
    DurableState found = recover(path);
    assertThat(found.headCertain()).isTrue();
    long group = groupIn(announced);
    assertThat(ChildLog.group(found)).isBetween(group, group + 1);
    if (ChildLog.group(found) == group) {
      assertThat(new ChildLog(found).describe()).isEqualTo(announced);
    }
  }
}
