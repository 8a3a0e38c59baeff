// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.LogStore.StorageFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  @TempDir Path temporary;

  private Path path() {
    return temporary.resolve("data").resolve("orders").resolve("n1");
  }

  private DataDirectory open() {
    return DataDirectory.open(path(), Disks.GROUP, Disks.NODE);
  }

  @Test
  void theIncarnationIsDrawnOnce() {
    String incarnation;
    try (DataDirectory first = open()) {
      incarnation = first.identity().incarnation();
      assertThat(incarnation).matches("[0-9a-f]{32}");
    }
    try (DataDirectory second = open()) {
      assertThat(second.identity())
          .isEqualTo(new Identity(Disks.GROUP, Disks.NODE, incarnation, null));
    }
    try (DataDirectory elsewhere =
        DataDirectory.open(temporary.resolve("other"), Disks.GROUP, Disks.NODE)) {
      assertThat(elsewhere.identity().incarnation()).isNotEqualTo(incarnation);
    }
  }

  @Test
  void aDirectoryOfAnotherNodeOrGroupIsRefusedNamingBoth() {
    open().close();
    assertThatThrownBy(() -> DataDirectory.open(path(), Disks.GROUP, NodeId.of("n2")))
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("belongs to node n1 of group orders, not to node n2 of group orders")
        .hasMessageContaining(path().toString());
    assertThatThrownBy(() -> DataDirectory.open(path(), GroupId.of("stock"), Disks.NODE))
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("not to node n1 of group stock");
    open().close();
  }

  @Test
  void aDirectoryOfAnotherProtocolIsRefusedNamingBoth() {
    DataDirectory.open(path(), Disks.GROUP, Disks.NODE, "raft").close();
    assertThatThrownBy(() -> DataDirectory.open(path(), Disks.GROUP, Disks.NODE, "vsr"))
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining(path() + " was made with backend = raft, the configuration says vsr")
        .hasMessageContaining("put back backend = raft");
    try (DataDirectory again = DataDirectory.open(path(), Disks.GROUP, Disks.NODE, "raft")) {
      assertThat(again.identity().backend()).isEqualTo("raft");
    }
    // Whoever only looks, and directories that do not say who made them, are let in.
    open().close();
  }

  @Test
  void aDirectoryIsOpenedOnce() {
    DataDirectory first = open();
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("already in use by this process");
    // Also by another name, and the refusal has not released the lock of the first.
    Path detour = path().resolve("..").resolve("n1");
    assertThatThrownBy(() -> DataDirectory.open(detour, Disks.GROUP, Disks.NODE))
        .isInstanceOf(StorageFault.class);
    first.close();
    open().close();
  }

  @Test
  void anotherProcessIsKeptOutAndNamed() throws Exception {
    open().close();
    try (Child holder = Child.start(Child.HoldDirectory.class, path().toString())) {
      assertThat(holder.line()).isEqualTo("open");
      assertThatThrownBy(this::open)
          .isInstanceOf(StorageFault.class)
          .hasMessageContaining("in use by another process (pid " + holder.pid() + ")");
      holder.kill();
    }
    open().close();
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path file = Files.createFile(temporary.resolve("data"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining(file + " is a file; name another data directory");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() {
    assertThatThrownBy(
            () -> DataDirectory.open(Path.of("/proc/quorate/n1"), Disks.GROUP, Disks.NODE))
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("/proc/quorate");
  }

  @Test
  void aDamagedIdentityIsNotGuessed() throws IOException {
    open().close();
    Path identity = path().resolve("identity");
    String text = Files.readString(identity);
    for (String damaged :
        new String[] {
          "", text.replace("node=n1", "node=n2"), text.substring(0, text.length() / 2)
        }) {
      Files.writeString(identity, damaged);
      assertThatThrownBy(this::open)
          .isInstanceOf(StorageFault.class)
          .hasMessageContaining(identity.toString())
          .hasMessageContaining("damaged");
    }
    Files.writeString(identity, text);
    open().close();
  }

  @Test
  void aFormatOfTheFutureIsRefused() throws IOException {
    open().close();
    Path identity = path().resolve("identity");
    Files.writeString(identity, Files.readString(identity).replace("format=1", "format=2"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("has format 2, this release reads format 1");
  }

  @Test
  void aLogWithoutAnIdentityIsNotTakenOver() throws IOException {
    Disks.open(path()).close();
    Files.delete(path().resolve("identity"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageFault.class)
        .hasMessageContaining("holds a log but no file \"identity\"");
  }
}
