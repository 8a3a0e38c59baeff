// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import io.quorate.bench.compare.Asked;
import io.quorate.bench.compare.CompareOptions;
import io.quorate.bench.compare.Costs;
import io.quorate.bench.compare.HistoryVerdict;
import io.quorate.bench.compare.Measured;
import io.quorate.bench.compare.Prices;
import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/** Runs that never happened, for tests of what is made of them. */
final class Planted {
  static final HistoryVerdict GOOD = new HistoryVerdict(60_000, true, 0, 0, true, List.of());

  static final HistoryVerdict WRONG =
      new HistoryVerdict(60_000, false, 0, 0, true, List.of("key 7: no order explains <it>"));

  static final HistoryVerdict LOSSY =
      new HistoryVerdict(60_000, true, 2, 0, true, List.of("2 acknowledged writes are lost"));

  private static final int SECONDS = 10;

  private Planted() {}

  static CompareOptions options(int clients, int repeat) {
    return Asked.of("raft", "vsr", "s3")
        .lasting(Duration.ofSeconds(3), Duration.ofSeconds(SECONDS))
        .clients(clients)
        .payloadBytes(256)
        .keys(1024)
        .fault(CompareOptions.Fault.KILL_LEADER)
        .repeat(repeat)
        .options();
  }

  static Run run(String contender, long perSecond, HistoryVerdict verdict) {
    return run("", options(64, 1), contender, perSecond, verdict);
  }

  static Run run(
      String point,
      CompareOptions options,
      String contender,
      long perSecond,
      HistoryVerdict verdict) {
    return run(
        point,
        options,
        contender,
        perSecond,
        verdict,
        "killed the leader n1",
        1,
        new Timeline(100_000_000L, List.of(perSecond / 10, 0L, perSecond / 10), 123_000_000L));
  }

  /** So many tenths of a second, each with some answers more than the one before. */
  static Timeline growing(int tenths, long first, long more) {
    return new Timeline(
        100_000_000L,
        LongStream.range(0, tenths).map(tenth -> first + tenth * more).boxed().toList(),
        -1);
  }

  /** A run that nothing was done to, in which so many epochs began. */
  static Run faultless(String contender, long changes, Timeline timeline) {
    return run("", options(64, 1), contender, 30_000, GOOD, Measured.NO_FAULT, changes, timeline);
  }

  /** A run that lost its leader at some time. */
  static Run faulty(String contender, Timeline timeline) {
    return run("", options(64, 1), contender, 30_000, GOOD, "killed the leader n1", 1, timeline);
  }

  private static Run run(
      String point,
      CompareOptions options,
      String contender,
      long perSecond,
      HistoryVerdict verdict,
      String fault,
      long changes,
      Timeline timeline) {
    Histogram latencies = new Histogram(3);
    for (int i = 0; i < 10_000; i++) {
      latencies.recordValue(1_000_000_000L / perSecond * 64 + i * 977L);
    }
    long answered = perSecond * SECONDS;
    return new Run(
        point,
        options,
        new Measured(
            contender,
            contender.equals("s3") ? "fsync of the embedded store" : "fsync on a majority",
            SECONDS * 1_000_000_000L,
            answered,
            latencies,
            3,
            0,
            250_123_456L,
            fault,
            counts(contender, answered),
            contender.equals("peer") ? OptionalLong.empty() : OptionalLong.of(changes),
            perSecond * 1.1,
            contender.equals("s3") ? 1.003 : 0,
            Prices.shipped("standard"),
            verdict,
            "",
            settings(contender),
            new Costs(
                12_345_678_901L,
                OptionalDouble.of(0.125),
                OptionalLong.of(answered * 1_234),
                OptionalLong.of(answered / 40),
                OptionalLong.of(answered / 5),
                OptionalLong.of(answered * 2_345),
                OptionalLong.empty()),
            timeline));
  }

  /** What only our own contenders tell. */
  private static SortedMap<String, String> settings(String contender) {
    SortedMap<String, String> settings = new TreeMap<>();
    if (!contender.equals("peer")) {
      settings.put("quorate.backend", contender);
      settings.put("quorate." + contender + ".heartbeat-interval", "50 ms <each>");
    }
    return settings;
  }

  private static SortedMap<String, Long> counts(String contender, long answered) {
    SortedMap<String, Long> counts = new TreeMap<>();
    counts.put("peer_bytes_sent", answered * 580);
    counts.put("messages_sent", answered / 16);
    counts.put("batches_proposed", answered / 64);
    if (contender.equals("s3")) {
      counts.put("object_create_ok", answered / 64);
      counts.put("object_get_found", answered / 32);
    } else {
      counts.put("log_syncs", answered / 21);
    }
    return counts;
  }
}
