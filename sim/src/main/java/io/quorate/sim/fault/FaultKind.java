// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.fault;

/**
 * What can be done to a world. The word is what scripts and reproductions say; the family is what
 * can be switched on and off as a whole.
 */
public enum FaultKind {
  /** Cuts the power of a replica; it restarts when the fault ends. */
  CRASH("crash", "crash"),
  /** Cuts the power inside the {@code amount}-th effect of a replica from then on. */
  CRASH_WITHIN("crash-within", "crash"),
  /** Starts a replica. */
  RESTART("restart", "crash"),
  /** Freezes a process; {@code amount} 1: a sync that has begun goes on. */
  PAUSE("pause", "pause"),
  /** Cuts a replica off from the others. */
  ISOLATE("isolate", "partition"),
  /** Cuts the group in two: those named, and the others. */
  PARTITION("partition", "partition"),
  /** Cuts both directions between two places, which may be a client and a replica. */
  CUT("cut", "partition"),
  /** Cuts one direction. */
  CUT_ONE_WAY("cut-one-way", "partition"),
  /** Nothing that a replica sends to others arrives. */
  MUTE("mute", "partition"),
  /** Nothing that others send to a replica arrives. */
  DEAFEN("deafen", "partition"),
  /** Cuts a replica off and joins it again, every {@code amount} nanoseconds. */
  FLAP("flap", "flap"),
  /** Holds everything back from one place to another, and lets it go at once. */
  CLOG("clog", "clog"),
  /** Adds {@code amount} nanoseconds to everything that a replica sends or gets. */
  SLOW("slow", "slow"),
  /** Loses {@code amount} in a thousand frames everywhere. */
  LOSE("lose", "loss"),
  /** Loses all messages of one kind everywhere. */
  DROP_KIND("drop-kind", "kind"),
  /** Cuts a client off from a replica. */
  CUT_CLIENT("cut-client", "client"),
  /** A disk writes nothing for a while. */
  STALL_DISK("stall-disk", "disk-stall"),
  /** The next sync of a disk fails: the replica halts, and is restarted. */
  FAIL_SYNC("fail-sync", "disk-error"),
  /** The next read of old entries from a disk fails its checksum once. */
  FAIL_READ("fail-read", "disk-error"),
  /** A disk is full for a while. */
  FILL_DISK("fill-disk", "disk-error"),
  /** A bit of a stored entry flips, {@code amount} slots before the end. */
  ROT("rot", "disk-rot"),
  /** A bit of the newest snapshot flips. */
  ROT_SNAPSHOT("rot-snapshot", "disk-rot"),
  /** A crash after which the last {@code amount} synced entries are gone. */
  LOSE_TAIL("lose-tail", "disk-tail"),
  /** A wall clock is set by {@code amount} nanoseconds. */
  STEP_CLOCK("step-clock", "clock"),
  /** Ends everything that goes on. */
  HEAL("heal", "heal"),
  /** Nobody reaches the object store. */
  STORE_OUTAGE("store-outage", "store-outage"),
  /** A replica does not reach the object store. */
  STORE_CUT("store-cut", "store-cut"),
  /**
   * Adds {@code amount} nanoseconds to every request for some keys: the place is a part of their
   * text, {@code p.3} for one of the partitions over which a store spreads its keys.
   */
  STORE_SLOW("store-slow", "store-slow"),
  /** Answers requests beyond {@code amount} a second with 503. */
  STORE_THROTTLE("store-throttle", "store-throttle"),
  /** Answers {@code amount} in a thousand requests with 500, executed or not. */
  STORE_ERROR("store-error", "store-error"),
  /** Loses {@code amount} in a thousand requests, or the answers to them. */
  STORE_LOSE("store-lose", "store-lose"),
  /** Executes {@code amount} in a thousand writes after their senders gave up. */
  STORE_LATE("store-late", "store-late"),
  /** Answers {@code amount} in a thousand writes that meet another one for their key with 409. */
  STORE_CONFLICT("store-conflict", "store-conflict"),
  /**
   * Catches the next {@code amount} writes of one kind ({@code create}, {@code replace}, {@code
   * delete}, {@code put}, {@code any}), and executes them when the fault ends.
   */
  STORE_HOLD("store-hold", "store-hold"),
  /** Cuts the power of a replica, and takes its disk away; it restarts with an empty one. */
  WIPE("wipe", "wipe"),
  /** A bit of a stored entry flips, {@code amount} slots before the end; its header is known. */
  ROT_ENTRY("rot-entry", "log-rot"),
  /** The copy of the header of an entry is damaged, {@code amount} slots before the end. */
  ROT_HEADER("rot-header", "log-rot"),
  /** An entry is overwritten by the one before it, {@code amount} slots before the end. */
  MISDIRECT("misdirect", "log-rot");

  private final String word;
  private final String family;

  FaultKind(String word, String family) {
    this.word = word;
    this.family = family;
  }

  /** The word in scripts. */
  public String word() {
    return word;
  }

  /** What it belongs to when faults are chosen by name. */
  public String family() {
    return family;
  }

  /** Whether it goes on until its end, rather than being done at once. */
  public boolean lasts() {
    return switch (this) {
      case CRASH,
          PAUSE,
          ISOLATE,
          PARTITION,
          CUT,
          CUT_ONE_WAY,
          MUTE,
          DEAFEN,
          FLAP,
          CLOG,
          SLOW,
          LOSE,
          DROP_KIND,
          CUT_CLIENT,
          STALL_DISK,
          FILL_DISK,
          STORE_OUTAGE,
          STORE_CUT,
          STORE_SLOW,
          STORE_THROTTLE,
          STORE_ERROR,
          STORE_LOSE,
          STORE_LATE,
          STORE_CONFLICT,
          STORE_HOLD,
          WIPE ->
          true;
      case CRASH_WITHIN,
          RESTART,
          FAIL_SYNC,
          FAIL_READ,
          ROT,
          ROT_SNAPSHOT,
          LOSE_TAIL,
          STEP_CLOCK,
          HEAL,
          ROT_ENTRY,
          ROT_HEADER,
          MISDIRECT ->
          false;
    };
  }

  /** How many places it is done to, or between. */
  public int places() {
    return switch (this) {
      case LOSE, HEAL -> 0;
      case STORE_OUTAGE, STORE_THROTTLE, STORE_ERROR, STORE_LOSE, STORE_LATE, STORE_CONFLICT -> 0;
      case CUT, CUT_ONE_WAY, CLOG, CUT_CLIENT -> 2;
      default -> 1;
    };
  }

  /** Whether its places are replicas or clients, rather than words of its own. */
  public boolean isOfReplicas() {
    return this != DROP_KIND && this != STORE_SLOW && this != STORE_HOLD;
  }

  /** Whether it takes an amount of nanoseconds. */
  boolean takesTime() {
    return this == FLAP || this == SLOW || this == STEP_CLOCK || this == STORE_SLOW;
  }

  /** Whether it takes a plain number. */
  boolean takesNumber() {
    return switch (this) {
      case CRASH_WITHIN, PAUSE, LOSE, ROT, LOSE_TAIL -> true;
      case STORE_THROTTLE, STORE_ERROR, STORE_LOSE, STORE_LATE, STORE_CONFLICT, STORE_HOLD -> true;
      case ROT_ENTRY, ROT_HEADER, MISDIRECT -> true;
      default -> false;
    };
  }
}
