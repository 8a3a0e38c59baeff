// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The disk below a folder, as the system counts it. What the system charges to processes ({@code
 * write_bytes}) is of no use here: with large folios a record of 300 bytes in a preallocated file
 * is charged as a megabyte, of which the disk sees one block.
 */
final class Device {
  private static final long SECTOR_BYTES = 512;

  private final @Nullable String name;

  private Device(@Nullable String name) {
    this.name = name;
  }

  static Device below(Path folder) {
    try {
      String store = Files.getFileStore(folder).name();
      Path name = Path.of(store).getFileName();
      return new Device(store.startsWith("/dev/") && name != null ? name.toString() : null);
    } catch (IOException e) {
      return new Device(null);
    }
  }

  /** Bytes written since the system began, by whomever; −1 where the system does not tell. */
  long writtenBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/diskstats"))) {
        // major minor name, reads merged sectors ms, writes merged sectors
        String[] fields = line.strip().split("\\s+");
        if (fields.length > 9 && fields[2].equals(name)) {
          return Long.parseLong(fields[9]) * SECTOR_BYTES;
        }
      }
      return -1;
    } catch (IOException e) {
      return -1;
    }
  }
}
