// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

import java.util.regex.Pattern;

/**
 * Configured name of one replicated group; replicas of different groups refuse each other.
 *
 * @param value 1 to 64 letters, digits, dots, dashes or underscores
 */
public record GroupId(String value) implements Comparable<GroupId> {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

  /** Refuses a name that would not survive as a folder name or a log field. */
  public GroupId {
    if (!ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "group id \""
              + value
              + "\" must be 1 to 64 letters, digits, '.', '-' or '_', and not begin with '.'");
    }
  }

  /** Returns the id with this name. */
  public static GroupId of(String value) {
    return new GroupId(value);
  }

  @Override
  public int compareTo(GroupId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
