// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Another JVM that writes to a folder: it prints {@code ready}, and begins when told to. */
final class FolderProcess implements AutoCloseable {
  private static final long TIMEOUT_NANOS = 60_000_000_000L;

  private final Process process;
  private final BufferedReader out;

  private FolderProcess(Process process) {
    this.process = process;
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  static FolderProcess start(Class<?> main, Path folder, String name) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            folder.toString(),
            name);
    return new FolderProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Waits until it is ready. */
  void awaitReady() throws IOException {
    if (!"ready".equals(out.readLine())) {
      throw new IOException("the process did not come up");
    }
  }

  /** Lets it begin. */
  void go() throws IOException {
    PrintWriter in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8));
    in.println("go");
    in.flush();
  }

  /** The next lines that it prints: as many, or all until its end. */
  List<String> lines(int count) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line; lines.size() < count && (line = out.readLine()) != null; ) {
      lines.add(line);
    }
    return lines;
  }

  /** Ends it as kill -9 does; what it had printed can still be read. */
  void kill() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() throws IOException {
    kill();
    out.close();
  }

  /** One request, waited for. */
  static ObjectResult call(FolderStore store, ObjectRequest request) {
    CompletableFuture<ObjectResult> result = new CompletableFuture<>();
    store.submit(request, TIMEOUT_NANOS, result::complete);
    return result.join();
  }

  private static FolderStore ready(String folder) throws IOException {
    FolderStore store = FolderStore.open(Path.of(folder));
    System.out.println("ready");
    if (System.in.read() < 0) {
      throw new IOException("nobody waits");
    }
    return store;
  }

  /** Creates each slot if it is the first, and counts by compare-and-swap. */
  static final class Race {
    static final int ROUNDS = 150;

    public static void main(String[] arguments) throws IOException {
      String name = arguments[1];
      try (FolderStore store = ready(arguments[0])) {
        for (int round = 0; round < ROUNDS; round++) {
          byte[] mine = name.getBytes(StandardCharsets.UTF_8);
          if (call(store, new ObjectRequest.Create("log/" + round, mine))
              instanceof ObjectResult.Stored) {
            System.out.println("slot " + round);
          }
          if (count(store)) {
            System.out.println("counted");
          }
        }
      }
    }

    private static boolean count(FolderStore store) {
      ObjectResult.Found seen =
          (ObjectResult.Found) call(store, new ObjectRequest.Get("root", null));
      long count = Long.parseLong(new String(seen.bytes(), StandardCharsets.UTF_8));
      byte[] next = Long.toString(count + 1).getBytes(StandardCharsets.UTF_8);
      return call(store, new ObjectRequest.Replace("root", next, seen.etag()))
          instanceof ObjectResult.Stored;
    }
  }

  /** Writes slot after slot, and the root after each, until it is killed. */
  static final class WriteUntilKilled {
    public static void main(String[] arguments) throws IOException {
      try (FolderStore store = ready(arguments[0])) {
        ObjectResult.Found root =
            (ObjectResult.Found) call(store, new ObjectRequest.Get("root", null));
        String etag = root.etag();
        long slot = Long.parseLong(new String(root.bytes(), StandardCharsets.UTF_8));
        while (true) {
          slot++;
          ObjectResult created = call(store, new ObjectRequest.Create("log/" + slot, body(slot)));
          byte[] bytes = Long.toString(slot).getBytes(StandardCharsets.UTF_8);
          ObjectResult replaced = call(store, new ObjectRequest.Replace("root", bytes, etag));
          if (replaced instanceof ObjectResult.Stored stored) {
            etag = stored.etag();
          }
          // One write for the whole line: a kill cannot cut it in two.
          System.out.println(slot + " " + created.getClass().getSimpleName());
        }
      }
    }

    static byte[] body(long slot) {
      return (slot + " ").repeat(20_000).getBytes(StandardCharsets.UTF_8);
    }
  }
}
