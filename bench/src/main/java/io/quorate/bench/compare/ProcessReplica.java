// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A replica in a process of its own, with the Java, the flags and the class path of this one. What
 * it prints goes into a file. It is asked through its standard input and ends when this process
 * does, however that happens.
 */
final class ProcessReplica implements Replica {
  private static final int PATIENCE_SECONDS = 30;
  private static final int LAST_LINES = 8;

  /** A replica that is stopped or has too much to do tells nothing: then the last word counts. */
  private static final int STATUS_SECONDS_MAX = 2;

  /** Flags that would make processes write over each other's files, or wait for a debugger. */
  private static final List<String> OWN_FLAGS =
      List.of(
          "-agent", "-javaagent", "-Xrunjdwp", "-XX:StartFlightRecording", "-Dquorate.terminal");

  private final String name;
  private final Path log;
  private final Process process;
  private final PrintStream questions;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<String>> asked = new ConcurrentHashMap<>();
  private volatile boolean endWanted;
  private volatile boolean paused;
  private volatile boolean stalled;
  private volatile Status last = new Status(false, 0, 0, new TreeMap<>());
  private volatile Usage used = Usage.NONE;

  private ProcessReplica(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread.ofPlatform().name("answers-of-" + name).daemon().start(this::readAnswers);
  }

  /** Starts the process; it takes part when it is ready. */
  static ProcessReplica start(GroupSetup setup, int node, Path logs) {
    String name = "n" + node;
    try {
      Files.createDirectories(logs);
      Path file = Path.of(setup.directory(), name + ".json");
      ReplicaMain.JSON.writeValue(file.toFile(), setup);
      Path log = logs.resolve(setup.contender() + "-" + name + ".log").toAbsolutePath();
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .filter(flag -> OWN_FLAGS.stream().noneMatch(flag::startsWith))
          .forEach(command::add);
      command.addAll(
          List.of(
              "-Dquorate.log=WARN",
              ReplicaMain.class.getName(),
              file.toString(),
              Integer.toString(node)));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().put("CLASSPATH", absolute(System.getProperty("java.class.path")));
      return new ProcessReplica(setup.contender() + " " + name, log, builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("replica " + name + " cannot be started", e);
    }
  }

  private static String absolute(String classPath) {
    return String.join(
        File.pathSeparator,
        List.of(classPath.split(File.pathSeparator)).stream()
            .map(each -> Path.of(each).toAbsolutePath().toString())
            .toList());
  }

  private void readAnswers() {
    try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        int blank = line.indexOf(' ');
        CompletableFuture<String> answer = asked.remove(Long.parseLong(line.substring(0, blank)));
        if (answer != null) {
          answer.complete(line.substring(blank + 1));
        }
      }
    } catch (IOException e) {
      // The process is gone: whoever waits is told below.
      endWanted |= !process.isAlive();
    }
    asked.values().forEach(each -> each.completeExceptionally(new IOException(name + " is gone")));
  }

  private String ask(String what, int secondsMax) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    long number = numbers.incrementAndGet();
    asked.put(number, answer);
    synchronized (questions) {
      questions.println(number + " " + what);
    }
    try {
      return answer.orTimeout(secondsMax, TimeUnit.SECONDS).join();
    } finally {
      asked.remove(number);
    }
  }

  @Override
  public Status status() {
    check();
    if (process.isAlive() && !paused) {
      try {
        last =
            ReplicaMain.JSON.readValue(ask(ReplicaMain.STATUS, STATUS_SECONDS_MAX), Status.class);
      } catch (CompletionException e) {
        check();
      } catch (IOException e) {
        throw new UncheckedIOException(name + " answered what nobody understands", e);
      }
    }
    return last;
  }

  @Override
  public byte[] diary() {
    try {
      return Base64.getDecoder().decode(ask(ReplicaMain.DIARY, PATIENCE_SECONDS));
    } catch (CompletionException e) {
      check();
      throw new IllegalStateException(name + " did not tell its state: " + e.getCause(), e);
    }
  }

  /**
   * Fails if the process ended without having been told to.
   *
   * @throws IllegalStateException with the last lines that it printed
   */
  @Override
  public void check() {
    if (process.isAlive() || endWanted) {
      return;
    }
    String lines;
    try {
      List<String> all = Files.readAllLines(log);
      lines = String.join("\n", all.subList(Math.max(0, all.size() - LAST_LINES), all.size()));
    } catch (IOException e) {
      lines = "its output cannot be read: " + e;
    }
    throw new ContenderFailure(
        "%s ended by itself with status %d; the end of %s:%n%s"
            .formatted(name, process.exitValue(), log, lines));
  }

  /** SIGKILL. */
  @Override
  public CompletableFuture<Void> abort() {
    endWanted = true;
    used();
    process.destroyForcibly();
    return process.onExit().thenAccept(ended -> {});
  }

  /** SIGSTOP: it keeps its connections and says nothing. */
  @Override
  public void pause() {
    paused = true;
    signal("-STOP");
  }

  /** SIGCONT. */
  @Override
  public void resume() {
    if (paused) {
      signal("-CONT");
      paused = false;
    }
  }

  @Override
  public void stallDisk() {
    stalled = true;
    var unused = ask(ReplicaMain.STALL_DISK, PATIENCE_SECONDS);
  }

  @Override
  public void freeDisk() {
    if (stalled) {
      var unused = ask(ReplicaMain.FREE_DISK, PATIENCE_SECONDS);
      stalled = false;
    }
  }

  private void signal(String signal) {
    try {
      int status =
          new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill " + signal + " of " + name + " failed: " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("this system has no command kill", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while signalling " + name, e);
    }
  }

  @Override
  public Usage used() {
    if (process.isAlive()) {
      used = Usage.of(process.toHandle(), used);
    }
    return used;
  }
}
