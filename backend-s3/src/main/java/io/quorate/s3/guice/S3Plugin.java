// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.guice;

import com.google.inject.Module;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.DataSize;
import io.quorate.node.plugin.BackendPlugin;
import io.quorate.s3.S3Config;
import io.quorate.s3.S3Config.Append;
import io.quorate.s3.S3Config.ReadBarrier;
import io.quorate.s3.S3Config.Reads;
import io.quorate.s3.S3Config.Requests;
import io.quorate.s3.S3Config.Snapshots;
import io.quorate.s3.S3Config.Timing;
import java.time.Duration;
import java.util.function.Supplier;

/** Reads the section {@code quorate.s3}. */
public final class S3Plugin implements BackendPlugin {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final long GIBIBYTE = 1L << 30;

  /** Everything that the section says. */
  record Settings(S3Config config, StorePlace place) {}

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public Module configure(ConfigSection section) {
    Settings settings = read(section);
    return new S3Module(settings.config, settings.place);
  }

  static Settings read(ConfigSection section) {
    // Read in full before anything is refused, so that all wrong values are told at once.
    StorePlace place = StorePlace.read(section);
    String prefix = section.clusterWide().text("prefix", "");
    Supplier<Timing> timing = timing(section);
    Supplier<Append> append = append(section, place);
    Supplier<Reads> reads = reads(section);
    Supplier<Requests> requests = requests(section);
    Supplier<Snapshots> snapshots = snapshots(section);
    return new Settings(
        new S3Config(
            prefix, timing.get(), append.get(), reads.get(), requests.get(), snapshots.get()),
        place);
  }

  private static Supplier<Timing> timing(ConfigSection section) {
    Timing byDefault = Timing.defaults();
    Duration heartbeat = duration(section, "heartbeat-interval", byDefault.heartbeatInterval());
    Duration failure = duration(section, "failure-timeout", byDefault.failureTimeout());
    Duration stagger = duration(section, "rank-stagger", byDefault.rankStagger());
    Duration quiet = orNone(section, "tail-quiet", byDefault.tailQuiet());
    Duration stepDown = duration(section, "step-down-after", byDefault.stepDownAfter());
    Duration poll = duration(section, "root-poll-interval", byDefault.rootPollInterval());
    return () -> new Timing(heartbeat, failure, stagger, quiet, stepDown, poll);
  }

  /** A folder costs nothing, so that nothing is saved there. */
  private static Supplier<Append> append(ConfigSection section, StorePlace place) {
    Append byDefault = Append.defaults();
    int perSecondByDefault = place instanceof StorePlace.Folder ? 0 : byDefault.putsPerSecondMax();
    int window = section.number("puts-in-flight", byDefault.putsInFlightMax(), 1, 16);
    long bytesInFlight =
        size(section, "put-bytes-in-flight-max", byDefault.putBytesInFlightMax(), 4 * GIBIBYTE)
            .bytes();
    int batchBytes =
        size(section, "batch-size-max", byDefault.batchBytesMax(), GIBIBYTE / 16).toIntBytes();
    int batchCommands =
        section.number("batch-commands-max", byDefault.batchCommandsMax(), 1, 1_000_000);
    Duration linger = orNone(section, "linger", byDefault.linger());
    Duration lingerMax = orNone(section, "linger-max", byDefault.lingerMax());
    int perSecond = section.number("max-puts-per-second", perSecondByDefault, 0, 100_000);
    int burst = section.number("put-burst", byDefault.putBurst(), 1, 100_000);
    return () ->
        new Append(
            window, bytesInFlight, batchBytes, batchCommands, linger, lingerMax, perSecond, burst);
  }

  /** Who takes over waits for the lease of the leader before, by the same drift. */
  private static Supplier<Reads> reads(ConfigSection section) {
    Reads byDefault = Reads.defaults();
    ConfigSection everywhere = section.clusterWide();
    Duration lease = orNone(everywhere, "lease", byDefault.lease());
    int permille =
        everywhere.number(
            "clock-drift-max-permille", (int) Math.round(byDefault.clockDriftMax() * 1000), 0, 500);
    ReadBarrier barrier = everywhere.choice("read-barrier", byDefault.barrier());
    return () -> new Reads(lease, permille / 1000.0, barrier);
  }

  private static Supplier<Requests> requests(ConfigSection section) {
    Requests byDefault = Requests.defaults();
    Duration timeout = duration(section, "attempt-timeout", byDefault.attemptTimeoutMin());
    Duration timeoutMax = duration(section, "attempt-timeout-max", byDefault.attemptTimeoutMax());
    Duration backoff = duration(section, "backoff-min", byDefault.backoffMin());
    Duration backoffMax = duration(section, "backoff-max", byDefault.backoffMax());
    boolean hedge = section.flag("hedge", byDefault.hedge());
    int gets = section.number("gets-in-flight", byDefault.getsInFlightMax(), 1, 64);
    long getBytes =
        size(section, "get-bytes-in-flight-max", byDefault.getBytesInFlightMax(), 4 * GIBIBYTE)
            .bytes();
    Duration poll = duration(section, "tail-poll-min", byDefault.tailPollMin());
    Duration pollMax = duration(section, "tail-poll-max", byDefault.tailPollMax());
    return () ->
        new Requests(
            timeout, timeoutMax, backoff, backoffMax, hedge, gets, getBytes, poll, pollMax);
  }

  private static Supplier<Snapshots> snapshots(ConfigSection section) {
    Snapshots byDefault = Snapshots.defaults();
    int everySlots =
        section.number("snapshot-every-slots", (int) byDefault.everySlots(), 1, Integer.MAX_VALUE);
    int partBytes =
        size(section, "snapshot-part", byDefault.partBytes(), GIBIBYTE / 4).toIntBytes();
    int retain =
        section.number("retain-slots", (int) byDefault.retainSlots(), 0, Integer.MAX_VALUE);
    Duration sweep =
        section.duration(
            "sweep-interval", byDefault.sweepInterval(), SHORTEST, Duration.ofDays(30));
    return () -> new Snapshots(everySlots, partBytes, retain, sweep);
  }

  private static Duration duration(ConfigSection section, String key, Duration byDefault) {
    return section.duration(key, byDefault, SHORTEST, LONGEST);
  }

  private static Duration orNone(ConfigSection section, String key, Duration byDefault) {
    return section.duration(key, byDefault, Duration.ZERO, LONGEST);
  }

  private static DataSize size(ConfigSection section, String key, long byDefault, long maxBytes) {
    return section.size(
        key, new DataSize(byDefault), DataSize.ofKibibytes(1), new DataSize(maxBytes));
  }
}
