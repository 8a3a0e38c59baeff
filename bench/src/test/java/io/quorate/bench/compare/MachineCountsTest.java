// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from the files in which Linux counts, made up here. */
final class MachineCountsTest {
  @TempDir private Path folder;
  private Path statistics;
  private Path classes;

  /** A disk with a partition, on which a mapped volume lies; one more volume lies on two disks. */
  @BeforeEach
  void aMachine() throws IOException {
    statistics =
        Files.writeString(
            folder.resolve("diskstats"),
            """
               8       0 sda 1 0 8 1 20 0 4000 9 0 9 9 0 0 0 0 77 5
               8       1 sda1 1 0 8 1 20 0 3000 9 0 9 9 0 0 0 0 0 0
             253       0 dm-0 1 0 8 1 20 0 2000 9 0 9 9 0 0 0 0 0 0
             253       1 dm-1 1 0 8 1 20 0 1000 9 0 9 9 0 0 0 0 0 0
               8      16 sdb 1 0 8 1 20 0 4000 9 0 9 9 0 0 0 0 0 0
               8      32 sdc 1 0 8 1 20 0 4000 9 0 9 9
            """);
    Path devices = folder.resolve("devices");
    for (String each : new String[] {"sda/sda1", "sdb", "sdc", "dm-0/slaves", "dm-1/slaves"}) {
      Files.createDirectories(devices.resolve(each));
    }
    Files.writeString(devices.resolve("sda/sda1/partition"), "1");
    Files.createSymbolicLink(devices.resolve("dm-0/slaves/sda1"), devices.resolve("sda/sda1"));
    Files.createSymbolicLink(devices.resolve("dm-1/slaves/sda"), devices.resolve("sda"));
    Files.createSymbolicLink(devices.resolve("dm-1/slaves/sdb"), devices.resolve("sdb"));
    classes = Files.createDirectory(folder.resolve("class"));
    for (String each : new String[] {"sda", "sda/sda1", "sdb", "sdc", "dm-0", "dm-1"}) {
      Path device = devices.resolve(each);
      Files.createSymbolicLink(classes.resolve(device.getFileName()), device);
    }
  }

  private Device.Counts counts(String device) {
    return Device.of(Path.of("/dev", device), statistics, classes).counts();
  }

  @Test
  void bytesAreThoseOfThePartitionAndFlushesThoseOfItsDisk() {
    for (String device : new String[] {"sda", "sda1", "dm-0"}) {
      assertThat(counts(device).flushes()).as(device).hasValue(77);
    }
    assertThat(counts("sda").writtenBytes()).hasValue(4000 * 512);
    assertThat(counts("sda1").writtenBytes()).hasValue(3000 * 512);
    assertThat(counts("dm-0").writtenBytes()).hasValue(2000 * 512);
  }

  @Test
  void flushesAreAbsentWhereNobodyCountsThem() {
    assertThat(counts("dm-1").flushes()).as("lies on two disks").isEmpty();
    assertThat(counts("sdb").flushes()).as("never flushed").isEmpty();
    assertThat(counts("sdc").flushes()).as("before Linux 5.5").isEmpty();
    assertThat(counts("sdc").writtenBytes()).hasValue(4000 * 512);
  }

  @Test
  void whatTheSystemDoesNotKnowIsAbsent() {
    assertThat(counts("nfs"))
        .isEqualTo(new Device.Counts(OptionalLong.empty(), OptionalLong.empty()));
    assertThat(Device.of(Path.of("/dev/sda"), folder.resolve("absent"), classes).counts().flushes())
        .isEmpty();
    assertThat(Loopback.of(folder.resolve("absent")).packets()).isEmpty();
  }

  @Test
  void loopbackIsWhatItReceived() throws IOException {
    Path net =
        Files.writeString(
            folder.resolve("net"),
            """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
                lo:1234 56    0    0    0     0          0         0  1234 56    0    0    0
              eth0: 78 9    0    0    0     0          0         0  78 9    0    0    0
            """);

    assertThat(Loopback.of(net).bytes()).hasValue(1234);
    assertThat(Loopback.of(net).packets()).hasValue(56);
  }
}
