// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.fault;

/**
 * One fault of a schedule, drawn or written before the run begins; its text is one line of a
 * script, so that a schedule can be printed, cut down and replayed.
 *
 * @param atNanos when it begins
 * @param place a replica ({@code n2}, {@code leader}, {@code follower}), several joined by {@code
 *     +}, a client ({@code c1}), or the name of a message; "-" if there is none
 * @param other the second place, "-" if there is none
 * @param amount see {@link FaultKind}; 0 if there is none
 * @param forNanos how long it goes on; 0: until healed
 */
public record Fault(
    FaultKind kind, long atNanos, String place, String other, long amount, long forNanos) {

  /** When it ends. */
  public long endNanos() {
    return atNanos + forNanos;
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder("at ").append(Times.text(atNanos));
    line.append(' ').append(kind.word());
    if (!place.equals("-")) {
      line.append(' ').append(place);
    }
    if (!other.equals("-")) {
      line.append(' ').append(other);
    }
    if (kind.takesTime()) {
      line.append(" by ").append(Times.text(amount));
    } else if (kind.takesNumber()) {
      line.append(" by ").append(amount);
    }
    if (forNanos > 0) {
      line.append(" for ").append(Times.text(forNanos));
    }
    return line.toString();
  }

  /**
   * Reads a line that {@link #toString} or a person wrote.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static Fault parse(String line) {
    String[] words = line.trim().split("\\s+");
    if (words.length < 3 || !words[0].equals("at")) {
      throw new IllegalArgumentException(
          "\"" + line + "\" must read: at TIME WHAT [WHERE [WHERE]] [by AMOUNT] [for TIME]");
    }
    FaultKind kind = kindOf(words[2], line);
    String place = "-";
    String other = "-";
    long amount = 0;
    long duration = 0;
    for (int i = 3; i < words.length; i++) {
      if (words[i].equals("for") && i + 1 < words.length) {
        duration = Times.nanos(words[++i]);
      } else if (words[i].equals("by") && i + 1 < words.length) {
        i++;
        amount = kind.takesTime() ? Times.nanos(words[i]) : Long.parseLong(words[i]);
      } else if (place.equals("-")) {
        place = words[i];
      } else if (other.equals("-")) {
        other = words[i];
      } else {
        throw new IllegalArgumentException("\"" + words[i] + "\" is one word too many: " + line);
      }
    }
    return new Fault(kind, Times.nanos(words[1]), place, other, amount, duration);
  }

  private static FaultKind kindOf(String word, String line) {
    StringBuilder known = new StringBuilder();
    for (FaultKind kind : FaultKind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
      known.append(known.isEmpty() ? "" : ", ").append(kind.word());
    }
    throw new IllegalArgumentException(
        "\"" + word + "\" in \"" + line + "\" is no fault; those known are " + known);
  }
}
