// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/**
 * One replica as a process of its own. It answers questions of the process that started it, one a
 * line, and ends with it: {@code 7 status} is answered {@code 7 {…}}. Whatever libraries print goes
 * to the error stream, so that answers stay alone.
 */
public final class ReplicaMain {
  static final String STATUS = "status";
  static final String DIARY = "diary";
  static final String STALL_DISK = "stall-disk";
  static final String FREE_DISK = "free-disk";
  private static final String DONE = "done";
  static final ObjectMapper JSON = new ObjectMapper();

  private ReplicaMain() {}

  /**
   * Runs until its standard input ends.
   *
   * @param arguments a file with the {@link GroupSetup} as JSON, and the member's number, from 1
   */
  public static void main(String[] arguments) {
    PrintStream answers = System.out;
    System.setOut(System.err);
    int status = 1;
    try {
      GroupSetup setup = JSON.readValue(Path.of(arguments[0]).toFile(), GroupSetup.class);
      int node = Integer.parseInt(arguments[1]);
      System.err.printf(
          "replica n%d of %s, process %d%n",
          node, setup.contender(), ProcessHandle.current().pid());
      serve(Contenders.named(setup.contender()).start(setup, node), answers);
      status = 0;
    } catch (IOException | RuntimeException e) {
      e.printStackTrace(System.err);
      // The end of what it printed is what people are shown.
      System.err.println("it cannot go on: " + e.getMessage());
    } finally {
      // Like a crash: nobody is told, and threads of libraries are not waited for.
      Runtime.getRuntime().halt(status);
    }
  }

  private static void serve(Replica replica, PrintStream answers) throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      int blank = line.indexOf(' ');
      answers.println(line.substring(0, blank) + " " + answer(replica, line.substring(blank + 1)));
      answers.flush();
    }
  }

  private static String answer(Replica replica, String question) throws IOException {
    return switch (question) {
      case DIARY -> Base64.getEncoder().encodeToString(replica.diary());
      case STALL_DISK -> {
        replica.stallDisk();
        yield DONE;
      }
      case FREE_DISK -> {
        replica.freeDisk();
        yield DONE;
      }
      default -> JSON.writeValueAsString(replica.status());
    };
  }
}
