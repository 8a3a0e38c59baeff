// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The same comparison at several points, which differ in one option.
 *
 * @param option the option that differs; empty: there is one point only
 * @param points in the order in which they run
 */
public record Sweep(String option, List<Point> points) {
  /** Key that {@code linger} stands for. */
  public static final String LINGER_KEY = "quorate.s3.linger";

  /**
   * One of the points.
   *
   * @param label value of the option, as it was written; empty without a sweep
   * @param options of the comparison at this point
   */
  public record Point(String label, CompareOptions options) {}

  /** What can be swept, and how a value becomes options. */
  private interface Change {
    CompareOptions of(CompareOptions base, String value);
  }

  /** Keeps a copy. */
  public Sweep {
    points = List.copyOf(points);
  }

  /** No sweep: one point. */
  public static Sweep none(CompareOptions options) {
    return new Sweep("", List.of(new Point("", options)));
  }

  /** Whether there is anything to sweep. */
  public boolean isNone() {
    return option.isEmpty();
  }

  /**
   * Reads what the user wrote.
   *
   * @param text such as {@code clients=1,16,64}
   * @param base options of the comparison but for the one that is swept
   * @param bytes reads a size such as {@code 4KiB}
   * @throws IllegalArgumentException what is wrong, in the words of the command line
   */
  public static Sweep parse(String text, CompareOptions base, ToLongFunction<String> bytes) {
    int equals = text.indexOf('=');
    String option = equals < 0 ? text : text.substring(0, equals);
    Change change =
        switch (option) {
          case "clients" -> (options, value) -> with(options, number(value), 0, 0, "");
          case "replicas" -> (options, value) -> with(options, 0, number(value), 0, "");
          case "payload" ->
              (options, value) ->
                  with(options, 0, 0, Math.toIntExact(bytes.applyAsLong(value)), "");
          case "linger" -> (options, value) -> with(options, 0, 0, 0, time(value));
          default -> null;
        };
    if (equals < 0 || change == null || equals == text.length() - 1) {
      throw new IllegalArgumentException(
          "--sweep must be clients=, replicas=, payload= or linger= and values with commas between,"
              + " such as clients=1,16,64; was \""
              + text
              + "\"");
    }
    if (option.equals("linger") && !base.backends().contains("s3")) {
      throw new IllegalArgumentException(
          "--sweep linger needs s3 among --backends: others have none");
    }
    List<Point> points = new ArrayList<>();
    for (String each : text.substring(equals + 1).split(",", -1)) {
      String value = each.strip();
      if (points.stream().anyMatch(point -> point.label.equals(value))) {
        throw new IllegalArgumentException("--sweep " + text + " names " + value + " twice");
      }
      try {
        points.add(new Point(value, change.of(base, value)));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "--sweep " + option + " needs numbers from 1 on, \"" + value + "\" is none", e);
      }
    }
    return new Sweep(option, points);
  }

  /** Runs point after point; each with its contenders in turns. */
  public List<Run> run(Comparison.Progress progress) throws InterruptedException {
    List<Run> runs = new ArrayList<>();
    for (Point point : points) {
      progress.point(option, point.label);
      for (Measured measured : new Comparison(point.options, progress).run()) {
        runs.add(new Run(point.label, point.options, measured));
      }
    }
    return runs;
  }

  /** How many runs there will be in all. */
  public int runs() {
    return points.stream()
        .mapToInt(point -> point.options.repeat() * point.options.backends().size())
        .sum();
  }

  private static int number(String value) {
    int number = Integer.parseInt(value);
    if (number < 1) {
      throw new NumberFormatException(value);
    }
    return number;
  }

  private static String time(String value) {
    try {
      Duration unused = ConfigFactory.parseString("time = " + value).getDuration("time");
      return value;
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          "--sweep linger needs times such as 0ms or 20ms, \"" + value + "\" is none", e);
    }
  }

  /** The same options but for those that are given: 0 or empty leaves one as it is. */
  private static CompareOptions with(
      CompareOptions base, int clients, int replicas, int payloadBytes, String linger) {
    TreeMap<String, String> settings = new TreeMap<>(base.settings());
    if (!linger.isEmpty()) {
      settings.put(LINGER_KEY, linger);
    }
    return new CompareOptions(
        base.backends(),
        replicas == 0 ? base.replicas() : replicas,
        base.warmup(),
        base.duration(),
        clients == 0 ? base.clients() : clients,
        base.ratePerSecond(),
        payloadBytes == 0 ? base.payloadBytes() : payloadBytes,
        base.readPercent(),
        base.keys(),
        base.fault(),
        base.repeat(),
        base.seed(),
        base.report(),
        base.store(),
        settings,
        base.conditions());
  }
}
