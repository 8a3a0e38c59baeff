// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.fault;

import io.quorate.sim.objectstore.StoreFaults;
import io.quorate.sim.world.SimRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Draws schedules. Every family has a random stream of its own: leaving one out changes nothing
 * about the others.
 */
public final class FaultFamilies {
  /** All families that can be drawn. */
  public static final List<String> ALL =
      List.of(
          "crash",
          "pause",
          "partition",
          "flap",
          "clog",
          "slow",
          "loss",
          "kind",
          "client",
          "disk-stall",
          "disk-error",
          "disk-rot",
          "disk-tail",
          "clock");

  /** Families that only concern protocols whose log is in an object store. */
  public static final List<String> STORE =
      List.of(
          "store-outage",
          "store-cut",
          "store-slow",
          "store-throttle",
          "store-error",
          "store-lose",
          "store-late",
          "store-conflict",
          "store-hold",
          "wipe");

  /**
   * Families that only concern protocols that mend damaged entries from other replicas. An entry is
   * damaged on at most as many disks as may be lost altogether, those that other families damaged
   * for good included; nobody halts for it.
   */
  public static final List<String> REPAIRED = List.of("log-rot");

  private static final List<String> WRITES = List.of("create", "replace", "delete", "put", "any");

  private static final long SECOND = 1_000_000_000;

  private FaultFamilies() {}

  /**
   * Draws the faults of one family.
   *
   * @param meanGapNanos mean time between two of them
   */
  public static List<Fault> draw(
      String family, SimRandom seed, int nodes, int clients, long meanGapNanos, long untilNanos) {
    SimRandom random = seed.child("faults/" + family);
    List<Fault> faults = new ArrayList<>();
    long at = 300_000_000 + random.exponential(meanGapNanos);
    while (at < untilNanos) {
      faults.add(one(family, random, nodes, clients, at / 1_000_000 * 1_000_000));
      at += 1_000_000 + random.exponential(meanGapNanos);
    }
    return faults;
  }

  private static Fault store(String family, SimRandom random, long at, String node) {
    long shortly = micros(random.logBetween(20_000_000, 3 * SECOND));
    long rate = random.logBetween(10, 500);
    return switch (family) {
      case "store-outage" -> fault(FaultKind.STORE_OUTAGE, at, "-", "-", 0, shortly);
      case "store-cut" -> fault(FaultKind.STORE_CUT, at, node, "-", 0, shortly * 2);
      case "store-slow" -> {
        String keys =
            random.chance(0.3)
                ? random.pick(List.of("-", "/root", "/log/", "/snap/"))
                : "p." + random.below(StoreFaults.PARTITIONS);
        long delay = micros(random.logBetween(5_000_000, SECOND));
        yield fault(FaultKind.STORE_SLOW, at, keys, "-", delay, shortly * 2);
      }
      case "store-throttle" ->
          fault(FaultKind.STORE_THROTTLE, at, "-", "-", random.logBetween(1, 100), shortly);
      case "store-error" -> fault(FaultKind.STORE_ERROR, at, "-", "-", rate, shortly);
      case "store-lose" -> fault(FaultKind.STORE_LOSE, at, "-", "-", rate, shortly);
      case "store-late" -> fault(FaultKind.STORE_LATE, at, "-", "-", rate, shortly);
      case "store-conflict" -> fault(FaultKind.STORE_CONFLICT, at, "-", "-", rate * 2, shortly);
      case "store-hold" ->
          fault(
              FaultKind.STORE_HOLD,
              at,
              random.pick(WRITES),
              "-",
              random.logBetween(1, 8),
              micros(random.logBetween(200_000_000, 20 * SECOND)));
      default -> fault(FaultKind.WIPE, at, node, "-", 0, shortly);
    };
  }

  private static Fault one(String family, SimRandom random, int nodes, int clients, long at) {
    String node = node(random, nodes);
    if (STORE.contains(family)) {
      return store(family, random, at, node);
    }
    if (REPAIRED.contains(family)) {
      long back = random.logBetween(1, 400) - 1;
      FaultKind kind =
          switch (random.below(8)) {
            case 0 -> FaultKind.ROT_HEADER;
            case 1 -> FaultKind.MISDIRECT;
            default -> FaultKind.ROT_ENTRY;
          };
      return fault(kind, at, node, "-", back, 0);
    }
    String other = other(random, nodes, node);
    long shortly = micros(random.logBetween(1_000_000, 2 * SECOND));
    long long_ = micros(random.logBetween(50_000_000, 10 * SECOND));
    return switch (family) {
      case "crash" ->
          random.chance(0.5)
              ? fault(FaultKind.CRASH, at, crowd(random, nodes, node), "-", 0, shortly)
              : fault(FaultKind.CRASH_WITHIN, at, node, "-", random.between(1, 30), 0);
      case "pause" -> fault(FaultKind.PAUSE, at, node, "-", random.below(2), long_);
      case "partition" -> partition(random, nodes, at, node, other, long_);
      case "flap" ->
          fault(
              FaultKind.FLAP, at, node, "-", micros(random.logBetween(10_000_000, SECOND)), long_);
      case "clog" -> fault(FaultKind.CLOG, at, node, other, 0, long_);
      case "slow" ->
          fault(FaultKind.SLOW, at, node, "-", micros(random.logBetween(1_000_000, SECOND)), long_);
      case "loss" -> fault(FaultKind.LOSE, at, "-", "-", random.between(10, 600), long_);
      case "kind" -> fault(FaultKind.DROP_KIND, at, "no." + random.below(20), "-", 0, shortly);
      case "client" -> {
        String client = "c" + (1 + random.below(Math.max(1, clients)));
        yield fault(FaultKind.CUT_CLIENT, at, client, node, 0, long_);
      }
      case "disk-stall" -> fault(FaultKind.STALL_DISK, at, node, "-", 0, long_);
      case "disk-error" ->
          switch (random.below(4)) {
            case 0 -> fault(FaultKind.FILL_DISK, at, node, "-", 0, shortly);
            case 1 -> fault(FaultKind.FAIL_READ, at, node, "-", 0, 0);
            default -> fault(FaultKind.FAIL_SYNC, at, node, "-", 0, 0);
          };
      case "disk-rot" ->
          random.chance(0.8)
              ? fault(FaultKind.ROT, at, node, "-", random.below(20), 0)
              : fault(FaultKind.ROT_SNAPSHOT, at, node, "-", 0, 0);
      case "disk-tail" -> fault(FaultKind.LOSE_TAIL, at, node, "-", random.between(1, 10), shortly);
      case "clock" ->
          fault(
              FaultKind.STEP_CLOCK, at, node, "-", micros(random.between(-60, 60) * SECOND / 7), 0);
      default ->
          throw new IllegalArgumentException(
              "fault family \"" + family + "\" is unknown; there are " + ALL);
    };
  }

  private static Fault partition(
      SimRandom random, int nodes, long at, String node, String other, long duration) {
    return switch (random.below(6)) {
      case 0 -> fault(FaultKind.CUT, at, node, other, 0, duration);
      case 1 -> fault(FaultKind.CUT_ONE_WAY, at, node, other, 0, duration);
      case 2 -> fault(FaultKind.MUTE, at, node, "-", 0, duration);
      case 3 -> fault(FaultKind.DEAFEN, at, node, "-", 0, duration);
      case 4 -> fault(FaultKind.PARTITION, at, crowd(random, nodes, node), "-", 0, duration);
      default -> fault(FaultKind.ISOLATE, at, node, "-", 0, duration);
    };
  }

  private static Fault fault(
      FaultKind kind, long at, String place, String other, long amount, long duration) {
    return new Fault(kind, at, place, other, amount, duration);
  }

  private static String node(SimRandom random, int nodes) {
    return random.chance(0.4) ? "leader" : "n" + (1 + random.below(nodes));
  }

  private static String other(SimRandom random, int nodes, String node) {
    String other = "n" + (1 + random.below(nodes));
    return other.equals(node) ? "n" + (1 + other.charAt(1) % nodes) : other;
  }

  /** Mostly one, sometimes several. */
  private static String crowd(SimRandom random, int nodes, String node) {
    if (nodes == 1 || random.chance(0.7)) {
      return node;
    }
    StringJoiner crowd = new StringJoiner("+");
    crowd.add("n" + (1 + random.below(nodes)));
    for (int i = 1; i <= nodes; i++) {
      if (random.chance(0.5) && !crowd.toString().contains("n" + i)) {
        crowd.add("n" + i);
      }
    }
    return crowd.toString();
  }

  private static long micros(long nanos) {
    return nanos / 1_000 * 1_000;
  }
}
