// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark still runs, for a few milliseconds each; the figures are meaningless here. */
final class BenchmarksTest {
  private static final List<Class<?>> ALL =
      List.of(
          ApplierBenchmark.class,
          CoreRoundBenchmark.class,
          HistoryCheckBenchmark.class,
          RaftStepBenchmark.class,
          RuntimeBenchmark.class,
          SessionTableBenchmark.class,
          SlabBenchmark.class);

  @BeforeAll
  static void otherRunsDoNotMatter() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  @Test
  void everyBenchmarkRuns() throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include("^io\\.quorate\\.bench\\.jmh\\.")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(5))
            .param("sessions", "1", "1000")
            .param("batch", "1", "64")
            .param("clients", "16")
            .param("keys", "1000")
            .param("outstanding", "16")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();

    Collection<RunResult> results = new Runner(options).run();

    assertThat(results.stream().map(result -> result.getParams().getBenchmark()).distinct())
        .containsExactlyInAnyOrderElementsOf(methods());
    assertThat(results).allMatch(result -> result.getPrimaryResult().getScore() > 0);
  }

  @Test
  void runListsBenchmarksAndRefusesUnknownOnes() {
    assertThat(Benchmarks.run(new String[] {"-l"})).isZero();
    assertThat(Benchmarks.run(new String[] {"noSuchBenchmark", "-v", "SILENT"})).isEqualTo(2);
    assertThat(Benchmarks.run(new String[] {"-f", "many"})).isEqualTo(2);
  }

  private static List<String> methods() {
    return ALL.stream()
        .flatMap(type ->
            Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(method -> type.getName() + "." + method.getName()))
        .toList();
  }
}
