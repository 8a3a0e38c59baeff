// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The {@code quorate} command in a JVM of its own, with the class path of this one. What it prints
 * goes to files, for assertions and for the message of a failure. None outlives this JVM.
 *
 * <p>Files and not pipes: with a pipe the last words of a process can be lost between the reader
 * and the JVM's own clearing up after the process.
 */
final class ChildJvm implements AutoCloseable {
  private static final AtomicInteger STARTED = new AtomicInteger();
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "kill-child-jvms"));
  }

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  private ChildJvm(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
    RUNNING.add(process);
  }

  /** Starts {@code quorate} with these arguments, in a folder that also gets what it prints. */
  static ChildJvm start(String name, Path folder, List<String> arguments) {
    Path archive = ReadyClasses.ARCHIVE;
    return start(
        name,
        folder,
        archive == null ? List.of() : List.of("-XX:SharedArchiveFile=" + archive),
        arguments);
  }

  private static ChildJvm start(
      String name, Path folder, List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr"));
    command.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 24) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), "io.quorate.cli.Main"));
    command.addAll(arguments);
    int number = STARTED.incrementAndGet();
    Path out = folder.resolve(name + "-" + number + ".out");
    Path err = folder.resolve(name + "-" + number + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would say so on the screen
    builder.environment().remove("JDK_JAVA_OPTIONS");
    try {
      return new ChildJvm(name, builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a JVM for " + name, e);
    }
  }

  /** That of the product, made absolute: the child has a folder of its own. */
  static String classPath() {
    Path own = Path.of("").toAbsolutePath();
    List<String> parts = new ArrayList<>();
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path part = Path.of(each).toAbsolutePath();
      if (!(part.startsWith(own) && Files.isDirectory(part))) {
        parts.add(part.toString());
      }
    }
    return String.join(File.pathSeparator, parts);
  }

  /**
   * The classes of the command as the JVM maps them instead of loading them: dozens of JVMs are
   * started here, and each takes half the time. Null where the class path holds folders, as in an
   * IDE: only jars can be used so.
   */
  private static final class ReadyClasses {
    static final @Nullable Path ARCHIVE = make();

    private static @Nullable Path make() {
      for (String part : classPath().split(File.pathSeparator)) {
        if (Files.isDirectory(Path.of(part))) {
          return null;
        }
      }
      try {
        Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "classes-");
        Path archive = folder.resolve("quorate.jsa");
        String run =
            "compare --replicas 1 --fault none --warmup 0s --duration 100ms --clients 4 --report "
                + folder;
        ChildJvm trial =
            start(
                "trial",
                folder,
                List.of("-XX:ArchiveClassesAtExit=" + archive),
                List.of(run.split(" ")));
        return trial.awaitExit() == 0 && Files.exists(archive) ? archive : null;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot prepare the classes of child JVMs", e);
      }
    }
  }

  /** Waits for a line on standard output and returns it; fails if the process ends before. */
  String awaitLine(Predicate<String> wanted) {
    Await.until(
        () -> !isAlive() || out().lines().anyMatch(wanted),
        () -> name + " did not print what was waited for" + output());
    Optional<String> line = out().lines().filter(wanted).findFirst();
    return line.orElseThrow(() -> new AssertionError(name + " ended too early" + output()));
  }

  /** Waits for the end of the process; returns its exit code. */
  int awaitExit() {
    try {
      if (!process.waitFor(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " does not end" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name, e);
    }
    RUNNING.remove(process);
    return process.exitValue();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL; does not wait. */
  void kill() {
    process.destroyForcibly();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has printed on standard output. */
  String out() {
    return read(out);
  }

  /** What it has printed on standard error. */
  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that it has printed, for messages. */
  String output() {
    return "\n--- " + name + ", standard output\n" + out() + "--- standard error\n" + err();
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    kill();
    int unused = awaitExit();
  }
}
