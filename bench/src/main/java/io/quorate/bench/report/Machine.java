// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a comparison ran on. */
final class Machine {
  private static final Path CPUS = Path.of("/proc/cpuinfo");
  private static final Pattern MODEL = Pattern.compile("(?m)^model name\\s*:\\s*(.+)$");
  private static final Pattern JAR = Pattern.compile(".*?-(\\d[^/]*)\\.jar$");

  /** One class of each library that a figure depends on. */
  private static final SortedMap<String, String> LIBRARIES =
      new TreeMap<>(
          Map.of(
              "AWS SDK for Java", "software.amazon.awssdk.services.s3.S3AsyncClient",
              "gRPC", "io.grpc.ManagedChannel",
              "HdrHistogram", "org.HdrHistogram.Histogram",
              "Netty", "io.netty.channel.Channel",
              "Quorate", "io.quorate.node.QuorateNode",
              "RocksDB", "org.rocksdb.RocksDB"));

  private Machine() {}

  static void describe(ObjectNode machine) {
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    String cpu = cpu();
    if (cpu != null) {
      machine.put("cpu", cpu);
    }
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      machine.put("memoryBytes", system.getTotalMemorySize());
    }
    machine.put("heapBytesMax", Runtime.getRuntime().maxMemory());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("architecture", System.getProperty("os.arch"));
    machine.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
  }

  private static @Nullable String cpu() {
    try {
      Matcher model = MODEL.matcher(Files.readString(CPUS));
      return model.find() ? model.group(1).strip() : null;
    } catch (IOException e) {
      return null; // Only Linux tells in this way.
    }
  }

  /** Versions of the libraries that are there, by the names of their files. */
  static void versions(ObjectNode versions) {
    LIBRARIES.forEach((name, type) -> {
      String version = version(type);
      if (version != null) {
        versions.put(name, version);
      }
    });
  }

  private static @Nullable String version(String type) {
    try {
      CodeSource source =
          Class.forName(type, false, Machine.class.getClassLoader())
              .getProtectionDomain()
              .getCodeSource();
      URL place = source == null ? null : source.getLocation();
      if (place == null) {
        return null;
      }
      Matcher version = JAR.matcher(place.getPath());
      return version.matches() ? version.group(1) : "(development)";
    } catch (ClassNotFoundException e) {
      return null;
    }
  }
}
