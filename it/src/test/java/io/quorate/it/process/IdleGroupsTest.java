// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.bench.idle.IdleGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand groups in one process, each with one replica that has nothing to do, in a JVM of their
 * own with the options of {@code ./quorate}. Takes two minutes and 6,000 open files.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX) // no other system tells what it needs to know
class IdleGroupsTest {
  private static final int GROUPS = 1000;
  private static final double RESIDENT_MEBIBYTES_MAX = 2048;

  @TempDir private Path folder;

  @Test
  void aThousandIdleGroupsNeedLessThanTwoGibibytes() throws Exception {
    JsonNode figures = new ObjectMapper().readTree(measure("raft", GROUPS, 1));
    System.out.println(figures);
    assertThat(figures.get("groups").asInt()).isEqualTo(GROUPS);
    assertThat(figures.get("residentMiB").asDouble())
        .isPositive()
        .isLessThan(RESIDENT_MEBIBYTES_MAX);
    assertThat(figures.get("threads").asInt())
        .as("one for each replica, and those of the process")
        .isLessThan(GROUPS + 100);
  }

  private String measure(String backend, int groups, int replicas)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 24) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", ChildJvm.classPath(), IdleGroups.class.getName()));
    command.add(folder.resolve("data").toString());
    command.addAll(List.of(backend, Integer.toString(groups), Integer.toString(replicas)));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      boolean ended = process.waitFor(10, TimeUnit.MINUTES);
      assertThat(ended && process.exitValue() == 0).as(Files.readString(err)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(out);
  }
}
