// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.sim.contract.LogFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogInspectorTest {
  @TempDir Path temporary;

  private final LogFixture log = LogFixture.empty();
  private Path path;
  private SnapshotRef snapshot;

  @BeforeEach
  void write() {
    path = temporary.resolve("n1");
    try (RocksStorage storage = Disks.open(path)) {
      storage.log().recover(null, 1);
      storage
          .log()
          .write(List.of(log.write(new byte[] {10, 11}, 0, null, log.random(3, 40, 2000))));
      snapshot = storage.snapshots().save(log.snapshotDraft(20), out -> out.write(new byte[5000]));
      storage.log().write(List.of(log.write(null, 0, log.baseAt(20), log.random(4, 5, 2000))));
      log.dropThrough(20);
    }
  }

  private record Inspected(LogInspector.Verdict verdict, String text) {}

  private Inspected inspect() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    LogInspector.Verdict verdict = LogInspector.inspect(path, new InspectionText(out));
    out.flush();
    return new Inspected(verdict, text.toString());
  }

  @Test
  void aSoundDirectoryIsDescribed() throws IOException {
    long before = Disks.size(path.resolve("log"));
    Inspected found = inspect();
    assertThat(found.verdict()).isEqualTo(new LogInspector.Verdict(true, "sound: slots 21 to 45"));
    assertThat(found.text())
        .startsWith("group orders, node n1, incarnation ")
        .contains("hard state: 2 bytes, 0a0b")
        .contains("base: slot 20, epoch 3, hash " + log.base().hash())
        .contains("slot 21 epoch 3 COMMANDS count ")
        .contains("hash " + log.lastHash() + " ok")
        .contains("marker: group 2 at slot 45 was synced; the log has group 2")
        .contains("snapshot " + snapshot.id() + " slot 20 ");
    assertThat(found.text().lines().filter(line -> line.startsWith("slot "))).hasSize(25);
    // Looking changes nothing.
    assertThat(Disks.size(path.resolve("log"))).isEqualTo(before);
    assertThat(inspect()).isEqualTo(found);
  }

  @Test
  void everyDamagedPlaceIsNamed() throws IOException {
    Disks.Log disk = new Disks.Log(path);
    disk.corrupt(25, 300);
    disk.corrupt(30, 20);
    disk.corrupt(44, 300);
    Inspected found = inspect();
    assertThat(found.verdict().sound()).isFalse();
    assertThat(found.verdict().text()).startsWith("damaged: slot 25: checksum of the body");
    assertThat(found.text())
        .contains("slots 30 to 30 DAMAGED: checksum of the entry header")
        .containsPattern("slot 44 .* DAMAGED")
        .containsPattern("slot 45 .* ok");
  }

  @Test
  void aDamagedTableFileIsReadBeyondTheDamage() throws IOException {
    // Opening moves everything into table files.
    Disks.open(path).close();
    byte[] frame = log.entry(30).frame();
    for (Path table : Disks.files(path, ".sst")) {
      int at = Disks.find(table, frame);
      if (at >= 0) {
        Disks.flip(table, at + 200);
      }
    }
    Inspected found = inspect();
    assertThat(found.verdict().sound()).isFalse();
    assertThat(found.text()).contains("DAMAGED").containsPattern("slot 45 .* ok");
  }

  @Test
  void aDamagedSnapshotIsNamed() throws IOException {
    Disks.flip(path.resolve("snapshots").resolve(snapshot.id() + ".snapshot"), 3000);
    Inspected found = inspect();
    assertThat(found.verdict().sound()).isFalse();
    assertThat(found.verdict().text()).contains("checksum of block 0");
    assertThat(found.text()).containsPattern("snapshot .* DAMAGED");
  }

  @Test
  void aLostMarkerIsNotSound() throws IOException {
    Files.delete(path.resolve("marker"));
    Inspected found = inspect();
    assertThat(found.verdict().sound()).isFalse();
    assertThat(found.verdict().text())
        .isEqualTo(
            "slots 21 to 45, but the sync marker is unreadable: this node neither votes nor leads"
                + " until its log reaches slot 46 again");
  }

  @Test
  void aDirectoryInUseIsLeftAlone() {
    try (RocksStorage storage = Disks.open(path)) {
      assertThat(storage.directory().path()).isEqualTo(path);
      assertThatThrownBy(this::inspect)
          .isInstanceOf(StorageFault.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void anyOtherDirectoryIsRefused() {
    path = temporary;
    assertThatThrownBy(this::inspect)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("is not the data directory of a replica");
  }
}
