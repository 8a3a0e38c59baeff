// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.bench.jmh.Benchmarks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Runs the microbenchmarks. Takes the options of JMH as they are, {@code -h} among them. */
@Command(
    name = "bench",
    description = "Runs microbenchmarks; takes the options of JMH (-h shows them, -l lists).")
final class BenchCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    return Benchmarks.run(arguments.toArray(String[]::new));
  }
}
