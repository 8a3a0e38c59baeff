// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.guice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.DurableWrite;
import io.quorate.node.config.ConfigDocument;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.StorageEngine;
import io.quorate.node.plugin.StoragePlugin;
import io.quorate.rocksdb.LogKind;
import io.quorate.rocksdb.LogOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksStoragePluginTest {
  private static final GroupId GROUP = GroupId.of("orders");
  private static final NodeId NODE = NodeId.of("n1");

  @TempDir Path temporary;

  private static ConfigSection section(ConfigDocument document) {
    return document.section("quorate").section("rocksdb");
  }

  private static StorageEngine engine() {
    StoragePlugin plugin =
        ServiceLoader.load(StoragePlugin.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("rocksdb"))
            .findFirst()
            .orElseThrow();
    ConfigDocument document = ConfigDocument.parse("quorate.rocksdb {}");
    return Guice.createInjector(plugin.configure(section(document)))
        .getInstance(StorageEngine.class);
  }

  @Test
  void emptySectionMeansTheDefaults() {
    ConfigDocument document = ConfigDocument.parse("quorate.rocksdb {}");
    assertThat(RocksStoragePlugin.read(section(document))).isEqualTo(LogOptions.DEFAULT);
    assertThat(document.problems()).isEmpty();
  }

  @Test
  void everyKeyIsRead() {
    ConfigDocument document =
        ConfigDocument.parse(
            """
            quorate.rocksdb {
              log = segments, durability = os, memtable = 8 MiB, recycled-logs = 5
              segment-size = 16 MiB
            }
            """);
    assertThat(RocksStoragePlugin.read(section(document)))
        .isEqualTo(new LogOptions(LogKind.SEGMENTS, false, 8 << 20, 5, 16 << 20));
    assertThat(document.problems()).isEmpty();
    document.refuseUnknownKeys("quorate");
    assertThat(document.problems()).isEmpty();
  }

  @Test
  void wrongValuesAreNamedByTheirKeys() {
    ConfigDocument document =
        ConfigDocument.parse(
            """
            quorate.rocksdb {
              log = files, durability = maybe, memtable = 1 KiB, recycled-logs = 99
              segment-size = 2 GiB
            }
            """);
    RocksStoragePlugin.read(section(document));
    assertThat(document.problems())
        .hasSize(5)
        .anyMatch(problem -> problem.contains("quorate.rocksdb.log"))
        .anyMatch(problem -> problem.contains("quorate.rocksdb.segment-size"))
        .anyMatch(problem -> problem.contains("quorate.rocksdb.durability"))
        .anyMatch(problem -> problem.contains("quorate.rocksdb.memtable"))
        .anyMatch(problem -> problem.contains("quorate.rocksdb.recycled-logs"));
  }

  @Test
  void whatWasWrittenIsThereAfterARestart() {
    byte[] hardState = {1, 2, 3};
    try (StorageEngine.Opened opened = engine().open(temporary, GROUP, NODE, "raft")) {
      assertThat(opened.snapshots().list()).isEmpty();
      opened.log().recover(null, 1);
      opened.log().write(List.of(new DurableWrite(1, hardState, 0, null, List.of())));
    }
    try (StorageEngine.Opened opened = engine().open(temporary, GROUP, NODE, "raft")) {
      assertThat(opened.log().recover(null, 1).hardState()).isEqualTo(hardState);
    }
    StringWriter text = new StringWriter();
    assertThat(engine().inspect(temporary, new PrintWriter(text))).isTrue();
    assertThat(text.toString()).contains("hard state: 3 bytes, 010203").contains("sound");
  }

  @Test
  void whatStopsAStartIsAStartException() throws IOException {
    StorageEngine engine = engine();
    try (StorageEngine.Opened opened = engine.open(temporary, GROUP, NODE, "raft")) {
      assertThat(opened.log()).isNotNull();
      assertThatThrownBy(() -> engine.open(temporary, GROUP, NODE, "raft"))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("in use");
      assertThatThrownBy(() -> engine.inspect(temporary, new PrintWriter(new StringWriter())))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("in use");
    }
    assertThatThrownBy(() -> engine.open(temporary, GROUP, NodeId.of("n2"), "raft"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("belongs to node n1");
    Path file = Files.createFile(temporary.resolve("file"));
    assertThatThrownBy(() -> engine.open(file, GROUP, NODE, "raft"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is a file");
    assertThatThrownBy(() -> engine.inspect(file, new PrintWriter(new StringWriter())))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is not the data directory of a replica");
  }
}
