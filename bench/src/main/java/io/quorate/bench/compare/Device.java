// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The disk below a folder, as the system counts it. What the system charges to processes ({@code
 * write_bytes}) is of no use here: with large folios a record of 300 bytes in a preallocated file
 * is charged as a megabyte, of which the disk sees one block.
 */
final class Device {
  private static final long SECTOR_BYTES = 512;

  /** Columns of {@code /proc/diskstats}, after major, minor and name at 0 to 2. */
  private static final int SECTORS_WRITTEN = 9;

  private static final int FLUSHES = 18;

  /** A volume on a mapper on a partition of a disk is three; more would be a loop. */
  private static final int LAYERS_MAX = 8;

  private final Path statistics;
  private final @Nullable String name;
  private final @Nullable String disk;

  private Device(Path statistics, @Nullable String name, @Nullable String disk) {
    this.statistics = statistics;
    this.name = name;
    this.disk = disk;
  }

  /**
   * Counts since the system began, by whomever; each is absent where the system does not tell.
   *
   * @param writtenBytes to the partition or volume
   * @param flushes how often the whole disk was told to empty its cache, and did. Requests that
   *     come while it is at it share the next one
   */
  record Counts(OptionalLong writtenBytes, OptionalLong flushes) {}

  static Device below(Path folder) {
    Path statistics = Path.of("/proc/diskstats");
    try {
      String store = Files.getFileStore(folder).name();
      if (store.startsWith("/dev/")) {
        // A mapped volume is a link. In a container the file itself may be missing.
        Path file = Path.of(store);
        return of(
            Files.exists(file) ? file.toRealPath() : file, statistics, Path.of("/sys/class/block"));
      }
    } catch (IOException e) {
      // As for a folder that is on no device of this machine.
    }
    return new Device(statistics, null, null);
  }

  /** A device by its file, and where the system describes devices. */
  static Device of(Path device, Path statistics, Path blockDevices) {
    String name = String.valueOf(device.getFileName());
    return new Device(statistics, name, whole(blockDevices.resolve(name)));
  }

  /** Only whole disks count flushes; a volume that lies on several has no such disk. */
  private static @Nullable String whole(Path described) {
    try {
      Path at = described.toRealPath();
      for (int layer = 0; layer < LAYERS_MAX; layer++) {
        List<Path> below = entries(at.resolve("slaves"));
        Path next;
        if (below.size() == 1) {
          next = below.get(0).toRealPath();
        } else if (below.isEmpty() && Files.exists(at.resolve("partition"))) {
          next = at.getParent();
        } else {
          return below.isEmpty() ? String.valueOf(at.getFileName()) : null;
        }
        if (next == null) {
          return null;
        }
        at = next;
      }
      return null;
    } catch (IOException e) {
      return null;
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  Counts counts() {
    OptionalLong sectors = OptionalLong.empty();
    OptionalLong flushes = OptionalLong.empty();
    try {
      for (String line : Files.readAllLines(statistics)) {
        String[] columns = line.strip().split("\\s+");
        if (columns.length > SECTORS_WRITTEN && columns[2].equals(name)) {
          sectors = OptionalLong.of(Long.parseLong(columns[SECTORS_WRITTEN]));
        }
        // Columns that Linux before 5.5 does not have.
        if (columns.length > FLUSHES && columns[2].equals(disk)) {
          flushes = OptionalLong.of(Long.parseLong(columns[FLUSHES]));
        }
      }
    } catch (IOException e) {
      return new Counts(OptionalLong.empty(), OptionalLong.empty());
    }
    return new Counts(
        sectors.isPresent()
            ? OptionalLong.of(sectors.getAsLong() * SECTOR_BYTES)
            : OptionalLong.empty(),
        // A disk that never flushed has no cache to empty, or a driver that does not count.
        flushes.orElse(0) == 0 ? OptionalLong.empty() : flushes);
  }
}
