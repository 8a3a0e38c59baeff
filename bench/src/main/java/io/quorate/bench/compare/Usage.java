// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What processes have used since they began.
 *
 * @param cpuNanos CPU time
 * @param diskBytes bytes that were sent to the disk for them; −1 where nobody counts them
 */
public record Usage(long cpuNanos, long diskBytes) {
  /** No process at all. */
  public static final Usage NONE = new Usage(0, 0);

  private static final String WRITTEN = "write_bytes: ";

  /** This process. */
  static Usage here() {
    long cpu =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean machine
            ? machine.getProcessCpuTime()
            : 0;
    return new Usage(cpu, written("self"));
  }

  /** Another process; the last thing known of it if it is gone. */
  static Usage of(ProcessHandle process, Usage last) {
    long cpu = process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    long disk = written(Long.toString(process.pid()));
    return new Usage(Math.max(cpu, last.cpuNanos), disk < 0 ? last.diskBytes : disk);
  }

  private static long written(String process) {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc", process, "io"));
      for (String line : lines) {
        if (line.startsWith(WRITTEN)) {
          return Long.parseLong(line.substring(WRITTEN.length()).strip());
        }
      }
      return -1;
    } catch (IOException e) {
      // Other systems have no such file; a process that is gone has none either.
      return -1;
    }
  }

  Usage plus(Usage other) {
    return new Usage(
        cpuNanos + other.cpuNanos,
        diskBytes < 0 || other.diskBytes < 0 ? -1 : diskBytes + other.diskBytes);
  }
}
