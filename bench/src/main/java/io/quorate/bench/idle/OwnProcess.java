// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.idle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What Linux tells of this process; elsewhere every question ends in an {@link IOException}. */
final class OwnProcess {
  private static final Path PROC = Path.of("/proc/self");

  private OwnProcess() {}

  /** Bytes of memory that are in use by this process right now: {@code VmRSS}. */
  static long residentBytes() {
    return kibibytes("VmRSS:") << 10;
  }

  /** Those of them that are backed by no file: {@code RssAnon}. */
  static long anonymousBytes() {
    return kibibytes("RssAnon:") << 10;
  }

  static int threads() {
    return (int) kibibytes("Threads:");
  }

  static int openFiles() {
    try (Stream<Path> files = Files.list(PROC.resolve("fd"))) {
      return (int) files.count();
    } catch (IOException e) {
      throw new UncheckedIOException("the system does not tell the open files", e);
    }
  }

  /** CPU time used since the start. */
  static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getProcessCpuTime()
        : 0;
  }

  private static long kibibytes(String name) {
    try {
      for (String line : Files.readAllLines(PROC.resolve("status"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
        }
      }
      throw new IOException("no " + name);
    } catch (IOException e) {
      throw new UncheckedIOException("the system does not tell " + name, e);
    }
  }
}
