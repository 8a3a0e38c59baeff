// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.report;

import com.typesafe.config.ConfigFactory;
import io.quorate.bench.compare.Measured;
import io.quorate.bench.compare.Prices;
import io.quorate.bench.compare.Prices.Hosting;
import io.quorate.bench.compare.Run;
import io.quorate.bench.compare.Sweep;
import io.quorate.s3.S3Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a contender would cost on rented machines: what was counted in a run, times list prices, and
 * what has to be assumed beside it. {@link #assumptions} says in words what is computed here.
 *
 * @param machines that are paid for, one for each replica
 * @param fixedPerMonth of machines, disks and what is stored
 * @param idlePerMonth of requests without any command
 * @param trafficPerCommand of bytes between replicas; not a number if nobody counted them
 * @param storePerCommand of bytes to and from the object store
 * @param requestsPerBatch of requests to the object store for a batch of commands
 * @param requestsPerCommand of these for a command, as counted in the run
 * @param lingerSeconds for which a batch gathers commands
 * @param perSecond commands a second in the run
 */
record Dollars(
    int machines,
    double fixedPerMonth,
    double idlePerMonth,
    double trafficPerCommand,
    double storePerCommand,
    double requestsPerBatch,
    double requestsPerCommand,
    double lingerSeconds,
    double perSecond) {
  private static final double HOURS_PER_MONTH = 730;
  private static final double SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;
  private static final double SLOWEST = 0.01;
  private static final double FASTEST = 1e6;
  private static final double STEP = 1.1;

  /** Of the group as it ran; nothing if machines have no price. */
  static Optional<Dollars> of(Run run) {
    return of(run, run.options().replicas());
  }

  /** Of the group with these many replicas. */
  static Optional<Dollars> of(Run run, int machines) {
    Measured measured = run.measured();
    Prices prices = measured.prices();
    Hosting hosting = prices.hosting();
    long answered = measured.answered();
    if (hosting == null || answered == 0) {
      return Optional.empty();
    }
    boolean store = measured.usesObjectStore();
    SortedMap<String, Long> counts = measured.counts();
    double each = hosting.machinePerHour() * HOURS_PER_MONTH;
    double disk = hosting.volumeGigabytes() * hosting.volumePerGigabyteMonth();
    double stored = hosting.storedGigabytes() * hosting.storedPerGigabyteMonth();
    double requests =
        (Prices.writes(counts) * prices.perMillionWrites()
                + Prices.reads(counts) * prices.perMillionReads())
            / 1e6;
    double bytes = prices.dollars(counts) - requests;
    // A group of one sends nobody anything; what nobody counted has no price.
    Long counted = counts.get("peer_bytes_sent");
    double sent = machines == 1 ? 0 : counted == null ? Double.NaN : counted / 1e9;
    long batches = Math.max(1, counts.getOrDefault("batches_proposed", 0L));
    Duration poll = S3Config.Timing.defaults().rootPollInterval();
    return Optional.of(
        new Dollars(
            machines,
            machines * each + (store ? stored : machines * disk),
            store ? SECONDS_PER_MONTH / poll.toSeconds() * prices.perMillionReads() / 1e6 : 0,
            sent * hosting.perGigabyteBetweenZones() / answered,
            bytes / answered,
            requests / batches,
            requests / answered,
            linger(run).toNanos() / 1e9,
            measured.perSecond()));
  }

  /** The linger of the S3 backend in this run. */
  static Duration linger(Run run) {
    String set = run.options().settings().get(Sweep.LINGER_KEY);
    return set == null
        ? S3Config.Append.defaults().linger()
        : ConfigFactory.parseString("linger = " + set).getDuration("linger");
  }

  /** Dollars for a million commands at the load of the run, around the clock. */
  double perMillionAtThisLoad() {
    return 1e6
        * ((fixedPerMonth + idlePerMonth) / SECONDS_PER_MONTH / perSecond
            + trafficPerCommand
            + storePerCommand
            + requestsPerCommand);
  }

  /** Whether everything is known that costs at a load are made of. */
  boolean complete() {
    return !Double.isNaN(trafficPerCommand);
  }

  double perIdleMonth() {
    return fixedPerMonth + idlePerMonth;
  }

  /**
   * Dollars a month at another load, around the clock: a batch opens with a command and gathers
   * those of the linger.
   */
  double perMonth(double commandsPerSecond) {
    double batchesPerSecond = commandsPerSecond / (1 + commandsPerSecond * lingerSeconds);
    return perIdleMonth()
        + SECONDS_PER_MONTH
            * (commandsPerSecond * (trafficPerCommand + storePerCommand)
                + batchesPerSecond * requestsPerBatch);
  }

  /** Loads, in commands a second, at which this one stops or begins to be the cheaper one. */
  List<Double> crossovers(Dollars other) {
    List<Double> found = new ArrayList<>();
    for (double low = SLOWEST; low < FASTEST; low *= STEP) {
      if (cheaper(other, low) != cheaper(other, low * STEP)) {
        found.add(between(other, low, low * STEP));
      }
    }
    return found;
  }

  /** Whether this one costs less at that load. */
  boolean cheaper(Dollars other, double commandsPerSecond) {
    return perMonth(commandsPerSecond) < other.perMonth(commandsPerSecond);
  }

  private double between(Dollars other, double from, double to) {
    double low = from;
    double high = to;
    boolean atLow = cheaper(other, low);
    for (int i = 0; i < 40; i++) {
      double middle = (low + high) / 2;
      if (cheaper(other, middle) == atLow) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** What has been assumed, for people. */
  static List<String> assumptions(Run run) {
    Prices prices = run.measured().prices();
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Prices: %s, as of %s (%s).".formatted(prices.name(), prices.date(), prices.source()));
    Hosting hosting = prices.hosting();
    if (hosting == null) {
      sentences.add(
          "The price file has no object \"hosting\": machines, disks and traffic are left out.");
      return sentences;
    }
    sentences.add(
        ("A month has 730 hours. Each replica has a machine of its own: %s, $%s an hour. A replica"
                + " that keeps its log on a disk has %s GB of %s at $%s a GB and month; a group"
                + " that keeps it in an object store has %s GB there at $%s.")
            .formatted(
                hosting.machine(),
                plain(hosting.machinePerHour()),
                plain(hosting.volumeGigabytes()),
                hosting.volume(),
                plain(hosting.volumePerGigabyteMonth()),
                plain(hosting.storedGigabytes()),
                plain(hosting.storedPerGigabyteMonth())));
    sentences.add(
        ("Replicas stand in different zones: what they were counted to send each other costs $%s a"
                + " GB, sender and receiver together. A contender that does not count them has no"
                + " dollars at a load. Clients and the disks of the operating system are left"
                + " out.")
            .formatted(plain(hosting.perGigabyteBetweenZones())));
    sentences.add(
        ("Object store: requests as counted at this load. At other loads a batch gathers the"
                + " commands of %d ms (quorate.s3.linger), so r commands a second are r / (1 + r ×"
                + " %s) batches a second, each with the requests counted for a batch here; without"
                + " any command there is one read in %d s. The limit on PUTs a second that is on by"
                + " default outside of this comparison (quorate.s3.max-puts-per-second) is off.")
            .formatted(
                linger(run).toMillis(),
                plain(linger(run).toNanos() / 1e9),
                S3Config.Timing.defaults().rootPollInterval().toSeconds()));
    return sentences;
  }

  private static String plain(double value) {
    return Figure.rounded(value).toPlainString();
  }
}
