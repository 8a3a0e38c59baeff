// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.api.error.CommandTooLarge;
import io.quorate.api.error.ConsensusException;
import io.quorate.bench.compare.ContenderFailure;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.plugin.StartException;
import io.quorate.samples.kv.KvRefused;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Exceptions as sentences and exit codes. */
final class Failures implements IExecutionExceptionHandler {
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult result) {
    Throwable cause = unwrap(failure);
    PrintWriter err = command.getErr();
    int code = code(cause);
    err.println("quorate: " + sentence(cause));
    if (System.getenv("QUORATE_TRACE") != null) {
      cause.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static int code(Throwable cause) {
    if (cause instanceof CommandFailure known) {
      return known.exitCode();
    }
    return cause instanceof ConfigurationException
            || cause instanceof StartException
            || cause instanceof CommandTooLarge
        ? WRONG_USE
        : FAILED;
  }

  /** What the user reads. */
  static String sentence(Throwable cause) {
    String message = cause.getMessage();
    if (cause instanceof ConsensusException known) {
      return switch (known.outcome()) {
        case APPLIED -> message + " (it was applied)";
        case NOT_APPLIED -> message + " (it was surely not applied)";
        case INDETERMINATE -> message + " (whether it was applied is not known)";
      };
    }
    if (message != null
        && (cause instanceof CommandFailure
            || cause instanceof ConfigurationException
            || cause instanceof StartException
            || cause instanceof StorageFault
            || cause instanceof ContenderFailure
            || cause instanceof KvRefused
            || cause instanceof IOException)) {
      return message;
    }
    return "unexpected: " + cause + " (set QUORATE_TRACE=1 to see where)";
  }

  /** The failure itself, without the wrappers that futures put around it. */
  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Wrong options: the sentence, what was meant perhaps, and where help is. */
  static int wrongUse(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    String sentence = String.valueOf(failure.getMessage());
    err.println("quorate: " + (sentence.startsWith("Error: ") ? sentence.substring(7) : sentence));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return WRONG_USE;
  }
}
