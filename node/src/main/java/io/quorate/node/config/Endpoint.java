// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

/**
 * Where a replica listens.
 *
 * @param host name or address; IPv6 addresses without brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) implements Comparable<Endpoint> {
  /** Refuses what no socket could use. */
  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("the host is missing");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("the port must be 1 to 65535, was " + port);
    }
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException in one sentence: what is wrong with the text
   */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("\"" + text + "\" has no port, write host:port");
    }
    String host = text.substring(0, colon).strip();
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is ambiguous, write an IPv6 address as [address]:port");
    }
    if (host.isBlank() || host.chars().anyMatch(Endpoint::isForeign)) {
      throw new IllegalArgumentException("\"" + text + "\" has no valid host, write host:port");
    }
    try {
      return new Endpoint(host, Integer.parseInt(text.substring(colon + 1).strip()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has no valid port, write host:port with a port from 1 to 65535", e);
    }
  }

  private static boolean isForeign(int character) {
    return Character.isWhitespace(character) || character == '/' || character == '@';
  }

  @Override
  public int compareTo(Endpoint other) {
    int byHost = host.compareTo(other.host);
    return byHost != 0 ? byHost : Integer.compare(port, other.port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
