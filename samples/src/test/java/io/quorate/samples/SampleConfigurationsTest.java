// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.node.QuorateConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleConfigurationsTest {
  private static final Path FOLDER = Path.of("conf");

  @TempDir private Path temporary;

  @ParameterizedTest
  @CsvSource({
    "raft-1.conf, 1",
    "raft-3.conf, 3",
    "raft-5.conf, 5",
    "s3-1.conf, 1",
    "s3-3.conf, 3",
    "vsr-3.conf, 3",
    "vsr-5.conf, 5"
  })
  void everyNodeOfEachSampleCanBeConfigured(String file, int members) {
    List<String> agreements = new ArrayList<>();
    for (int i = 1; i <= members; i++) {
      QuorateConfig config = QuorateConfig.load(FOLDER.resolve(file), NodeId.of("n" + i));
      assertThat(config.members()).hasSize(members);
      agreements.add(config.agreement());
    }

    assertThat(agreements).containsOnly(agreements.get(0));
  }

  @Test
  void theSampleWithAllDefaultsChangesNothing() {
    NodeId n1 = NodeId.of("n1");
    String five = QuorateConfig.load(FOLDER.resolve("raft-5.conf"), n1).effective();
    String one = QuorateConfig.load(FOLDER.resolve("raft-1.conf"), n1).effective();

    assertThat(settings(five)).isEqualTo(settings(one));
  }

  private static List<String> settings(String effective) {
    return effective
        .lines()
        .filter(line -> !line.contains("members.") && !line.contains("group ="))
        .toList();
  }

  @Test
  void theSampleWithTlsNeedsOnlyItsFiles() throws IOException {
    Path pem = Files.writeString(temporary.resolve("any.pem"), "x");

    QuorateConfig config =
        QuorateConfig.load(
            FOLDER.resolve("raft-3-tls.conf"),
            NodeId.of("n1"),
            Map.of(
                "tls.certificate", pem.toString(),
                "tls.key", pem.toString(),
                "tls.authority", pem.toString()));

    assertThat(config.tls()).isPresent();
  }

  @Test
  void noSampleIsForgottenHere() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "raft-1.conf",
              "raft-3.conf",
              "raft-5.conf",
              "raft-3-tls.conf",
              "s3-1.conf",
              "s3-3.conf",
              "vsr-3.conf",
              "vsr-5.conf");
    }
  }
}
