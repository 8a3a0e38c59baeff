// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.DurableState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another JVM that does something with a data directory until it is killed. */
final class Child implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private Child(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  static Child start(Class<?> main, String... arguments) throws IOException {
    return start(List.of(), main, arguments);
  }

  /**
   * Starts a JVM.
   *
   * @param before command that runs it, with its arguments
   */
  static Child start(List<String> before, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    return new Child(new ProcessBuilder(command).start());
  }

  /** Next line that it prints; null at its end. */
  @Nullable String line() throws IOException {
    return out.readLine();
  }

  long pid() {
    return process.pid();
  }

  /** Ends it as kill -9 does, and waits until it is gone. */
  void kill() {
    // Not destroyForcibly of the process itself: that also closes the pipe and what is in it.
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }

  /** What it wrote to standard error; waits for its end. */
  String errors() throws IOException {
    try (InputStream errors = process.getErrorStream()) {
      String text = new String(errors.readAllBytes(), StandardCharsets.UTF_8);
      process.onExit().join();
      return text;
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    out.close();
  }

  /** Opens a directory and holds it. */
  static final class HoldDirectory {
    public static void main(String[] arguments) throws IOException {
      DataDirectory.open(Path.of(arguments[0]), Disks.GROUP, Disks.NODE);
      System.out.println("open");
      while (System.in.read() >= 0) {
        // Until killed.
      }
    }
  }

  /**
   * Goes on with the log in a directory, group by group, and prints each as soon as it counts as
   * durable.
   */
  static final class WriteUntilKilled {
    public static void main(String[] arguments) {
      long groups = Long.parseLong(arguments[1]);
      int payloadBytes = Integer.parseInt(arguments[2]);
      LogOptions options = Disks.SMALL.withMemtableBytes(Long.parseLong(arguments[3]));
      options = options.withKind(LogKind.valueOf(arguments[4]));
      RocksStorage storage =
          RocksStorage.open(Path.of(arguments[0]), Disks.GROUP, Disks.NODE, options);
      DurableState state = storage.log().recover(null, Long.MAX_VALUE);
      System.out.println("certain " + state.headCertain());
      ChildLog log = new ChildLog(state);
      for (long group = 1; group <= groups; group++) {
        storage.log().write(List.of(log.next(payloadBytes)));
        System.out.println(log.describe());
      }
      storage.close();
      System.out.println("closed");
    }
  }
}
