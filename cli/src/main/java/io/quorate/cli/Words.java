// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.api.Role;
import java.util.Locale;

/** How values are written for people. */
final class Words {
  private Words() {}

  /** A role in lower case. */
  public static String role(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /** A number of bytes with a fitting unit. */
  public static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }

  /** A whole number with separators. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
