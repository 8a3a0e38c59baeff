// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import java.util.Objects;
import java.util.logging.LogManager;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code quorate} command. */
@Command(
    name = "quorate",
    description = "Replicated state machines with a choice of consensus.",
    footer = {
      "",
      "Exit codes: 0 fine, 1 ran and failed, 2 wrong use or configuration.",
      "Try: quorate serve --config samples/conf/raft-1.conf --node n1"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      BenchCommand.class,
      CompareCommand.class,
      ServeCommand.class,
      KvCommands.class,
      StatusCommand.class,
      AdminCommands.class,
      SimCommand.class,
      RecoverCommand.class,
      S3Commands.class,
      GenerateCompletion.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    LogManager.getLogManager()
        .reset(); // libraries that log by themselves do not write to the screen
    System.exit(commandLine().execute(args));
  }

  /** All commands, with our exit codes and sentences instead of stack traces. */
  public static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new Failures())
        .setParameterExceptionHandler(Failures::wrongUse);
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"quorate " + Objects.requireNonNullElse(version, "(development)")};
    }
  }
}
