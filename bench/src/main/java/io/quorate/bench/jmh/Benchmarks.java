// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks of this package: {@code quorate bench [filter] [options of JMH]}. What is not
 * said is quick: one fork, three warm-up and five measured iterations of a second each, with
 * allocation profiled. {@code -rff file} writes JSON.
 */
public final class Benchmarks {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Benchmarks() {}

  /** Runs what the arguments ask for and returns the exit status: 0, 1 (failed) or 2 (usage). */
  public static int run(String[] args) {
    try {
      CommandLineOptions asked = new CommandLineOptions(args);
      if (asked.shouldHelp()) {
        asked.showHelp();
        return OK;
      }
      return run(asked);
    } catch (CommandLineOptionException e) {
      System.err.println("quorate bench: " + e.getMessage() + " (-h shows the options)");
      return USAGE;
    } catch (NoBenchmarksException e) {
      System.err.println("quorate bench: no benchmark matches the filter (-l lists them)");
      return USAGE;
    } catch (RunnerException | IOException e) {
      System.err.println("quorate bench: " + e.getMessage());
      return FAILED;
    }
  }

  /** As {@link #run}, as a process. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(CommandLineOptions asked) throws RunnerException {
    Runner runner = new Runner(withDefaults(asked));
    if (asked.shouldList()) {
      runner.list();
    } else if (asked.shouldListWithParams()) {
      runner.listWithParams(asked);
    } else if (asked.shouldListProfilers()) {
      asked.listProfilers();
    } else if (asked.shouldListResultFormats()) {
      asked.listResultFormats();
    } else {
      runner.run();
    }
    return OK;
  }

  private static Options withDefaults(CommandLineOptions asked) {
    OptionsBuilder options = new OptionsBuilder();
    options.parent(asked);
    options.jvmArgsPrepend(quietFlags(asked).toArray(String[]::new));
    if (!asked.getForkCount().hasValue()) {
      options.forks(1);
    }
    if (!asked.getWarmupIterations().hasValue()) {
      options.warmupIterations(3);
    }
    if (!asked.getWarmupTime().hasValue()) {
      options.warmupTime(TimeValue.seconds(1));
    }
    if (!asked.getMeasurementIterations().hasValue()) {
      options.measurementIterations(5);
    }
    if (!asked.getMeasurementTime().hasValue()) {
      options.measurementTime(TimeValue.seconds(1));
    }
    if (asked.getProfilers().isEmpty()) {
      options.addProfiler(GCProfiler.class);
    }
    if (asked.getResult().hasValue() && !asked.getResultFormat().hasValue()) {
      options.resultFormat(ResultFormatType.JSON);
    }
    return options.build();
  }

  /** Libraries use native code and Unsafe; without these flags each fork would warn about it. */
  private static List<String> quietFlags(CommandLineOptions asked) {
    List<String> flags = new ArrayList<>();
    for (String given : asked.getJvmArgsPrepend().orElse(List.of())) {
      flags.add(given);
    }
    flags.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 24 && !asked.getJvm().hasValue()) {
      flags.add("--sun-misc-unsafe-memory-access=allow");
    }
    return flags;
  }
}
