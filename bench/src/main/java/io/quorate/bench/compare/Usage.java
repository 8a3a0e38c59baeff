// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What processes have used since they began.
 *
 * @param cpuNanos CPU time
 */
public record Usage(long cpuNanos) {
  /** No process at all. */
  public static final Usage NONE = new Usage(0);

  /** This process. */
  static Usage here() {
    return new Usage(
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean machine
            ? machine.getProcessCpuTime()
            : 0);
  }

  /** Another process; the last thing known of it if it is gone. */
  static Usage of(ProcessHandle process, Usage last) {
    long cpu = process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    return new Usage(Math.max(cpu, last.cpuNanos));
  }

  Usage plus(Usage other) {
    return new Usage(cpuNanos + other.cpuNanos);
  }
}
