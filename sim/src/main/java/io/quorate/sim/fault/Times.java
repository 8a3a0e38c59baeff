// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.fault;

/** Times as scripts have them: {@code 2s}, {@code 1.5s}, {@code 300ms}, {@code 20us}. */
public final class Times {
  private Times() {}

  /** Nanoseconds as text that {@link #nanos} reads back exactly. */
  public static String text(long nanos) {
    if (nanos % 1_000_000_000 == 0) {
      return nanos / 1_000_000_000 + "s";
    }
    if (nanos % 1_000_000 == 0) {
      return nanos / 1_000_000 + "ms";
    }
    return nanos % 1_000 == 0 ? nanos / 1_000 + "us" : nanos + "ns";
  }

  /**
   * Text as nanoseconds.
   *
   * @throws IllegalArgumentException if it is no time
   */
  public static long nanos(String text) {
    String[] units = {"ns", "us", "ms", "s"};
    long[] factors = {1, 1_000, 1_000_000, 1_000_000_000};
    for (int i = 0; i < units.length; i++) {
      if (text.endsWith(units[i])) {
        String number = text.substring(0, text.length() - units[i].length());
        try {
          return number.contains(".")
              ? Math.round(Double.parseDouble(number) * factors[i])
              : Long.parseLong(number) * factors[i];
        } catch (NumberFormatException e) {
          break;
        }
      }
    }
    throw new IllegalArgumentException("\"" + text + "\" is no time such as 2s, 1.5s or 300ms");
  }
}
