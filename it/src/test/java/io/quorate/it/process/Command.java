// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import io.quorate.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;

/**
 * What a {@code quorate} command came to.
 *
 * @param code exit code
 * @param out what it printed on standard output
 * @param err what it printed on standard error
 */
record Command(int code, String out, String err) {

  /** Runs a command in this process. */
  static Command run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Command(code, out.toString(), err.toString());
  }

  /** Runs a command in this process, on a thread of its own. */
  static CompletableFuture<Command> inBackground(String... arguments) {
    CompletableFuture<Command> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(run(arguments));
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            },
            "command");
    thread.setDaemon(true);
    thread.start();
    return result;
  }
}
