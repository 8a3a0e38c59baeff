// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.net;

import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.World;
import java.util.ArrayDeque;
import java.util.TreeMap;

/**
 * One direction between two places. Faults overlap, so they are counted rather than switched: the
 * link is whole again when all of them ended.
 */
public final class Link {
  private final World world;
  private final SimRandom random;
  private final ArrayDeque<World.Action> held = new ArrayDeque<>();
  private final TreeMap<String, Integer> droppedKinds = new TreeMap<>();
  private LinkProfile profile;
  private int cuts;
  private int clogs;
  private long extraNanos;
  private double extraLossRate;
  private long lastArrivalNanos;

  Link(World world, SimRandom random, LinkProfile profile) {
    this.world = world;
    this.random = random;
    this.profile = profile;
  }

  /** Loses everything until {@link #mend}. */
  public void cut() {
    cuts++;
  }

  /** Ends one {@link #cut}. */
  public void mend() {
    cuts = Math.max(0, cuts - 1);
  }

  /** Holds back what arrives until {@link #unclog}; then all of it comes at once. */
  public void clog() {
    clogs++;
  }

  /** Ends one {@link #clog}. */
  public void unclog() {
    clogs = Math.max(0, clogs - 1);
    release();
  }

  /** Adds a delay to every message; a negative one takes it away again. */
  public void slow(long nanos) {
    extraNanos = Math.max(0, extraNanos + nanos);
  }

  /** Adds to the share of lost frames; a negative one takes it away again. */
  public void lose(double rate) {
    extraLossRate = Math.max(0, extraLossRate + rate);
  }

  /** Loses messages of one kind until {@link #passKind}. */
  public void dropKind(String name) {
    droppedKinds.merge(name, 1, Integer::sum);
  }

  /** Ends one {@link #dropKind}. */
  public void passKind(String name) {
    droppedKinds.computeIfPresent(name, (kind, times) -> times == 1 ? null : times - 1);
  }

  /** Ends all faults, and replaces the profile by one without any. */
  public void heal() {
    cuts = 0;
    clogs = 0;
    extraNanos = 0;
    extraLossRate = 0;
    droppedKinds.clear();
    profile = profile.withoutFaults();
    release();
  }

  /** Whether nothing passes. */
  public boolean isCut() {
    return cuts > 0;
  }

  boolean drops(String kind) {
    return !droppedKinds.isEmpty() && droppedKinds.containsKey(kind);
  }

  /** How many of {@code count} messages of a frame get through. */
  int survivors(int count) {
    if (cuts > 0) {
      return 0;
    }
    double rate = profile.lossRate() + extraLossRate;
    return rate > 0 && random.chance(rate) ? random.below(count) : count;
  }

  boolean duplicates() {
    return profile.duplicateRate() > 0 && random.chance(profile.duplicateRate());
  }

  void carry(long sizeBytes, World.Action arrival) {
    long at = world.now() + delay(sizeBytes);
    if (profile.ordered()) {
      at = Math.max(at, lastArrivalNanos + 1);
      lastArrivalNanos = at;
    }
    world.at(at, () -> arrive(arrival));
  }

  void carryAgain(long sizeBytes, World.Action arrival) {
    long late = random.chance(0.2) ? random.exponential(500_000_000) : 0;
    world.at(world.now() + delay(sizeBytes) + late, () -> arrive(arrival));
  }

  private void arrive(World.Action arrival) {
    if (clogs > 0) {
      held.add(arrival);
    } else {
      arrival.run();
    }
  }

  private void release() {
    while (clogs == 0 && !held.isEmpty()) {
      World.Action arrival = held.removeFirst();
      world.after(random.below(100_000), arrival);
    }
  }

  private long delay(long sizeBytes) {
    long delay = profile.leastNanos() + extraNanos;
    delay += random.exponential(profile.meanNanos());
    if (profile.spikeRate() > 0 && random.chance(profile.spikeRate())) {
      delay += random.exponential(profile.spikeNanos());
    }
    if (profile.bytesPerSecond() > 0) {
      delay += sizeBytes * 1_000_000_000L / profile.bytesPerSecond();
    }
    return delay;
  }
}
