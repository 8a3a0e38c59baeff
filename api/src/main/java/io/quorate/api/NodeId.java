// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api;

import java.util.regex.Pattern;

/**
 * Stable, configured name of one replica within its group; never a host or a port.
 *
 * @param value 1 to 64 letters, digits, dots, dashes or underscores
 */
public record NodeId(String value) implements Comparable<NodeId> {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

  /** Refuses a name that would not survive as a folder name or a log field. */
  public NodeId {
    if (!ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "node id \""
              + value
              + "\" must be 1 to 64 letters, digits, '.', '-' or '_', and not begin with '.'");
    }
  }

  /** Returns the id with this name. */
  public static NodeId of(String value) {
    return new NodeId(value);
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
