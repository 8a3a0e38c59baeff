// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a replica listens.
 *
 * @param host name or address; an IPv6 address stands without brackets
 * @param port 0 lets the system choose, for servers only
 */
public record Endpoint(String host, int port) {

  /** Refuses an empty host and a port that does not exist. */
  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("an address needs a host, as in \"10.0.0.1:7101\"");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "port " + port + " of \"" + host + ":" + port + "\" is not between 0 and 65535");
    }
  }

  /** Reads {@code host:port} or {@code [ipv6]:port}. */
  public static Endpoint parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new IllegalArgumentException("\"" + text + "\" is not of the form host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\": write an IPv6 address in brackets, as in [::1]:7101");
    }
    try {
      return new Endpoint(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" does not end in a port number", e);
    }
  }

  /** Whether the host can be found without asking a name service elsewhere. */
  boolean isLocalOrLiteral() {
    return host.equals("localhost")
        || host.indexOf(':') >= 0
        || host.chars().allMatch(c -> c == '.' || isDigit(c));
  }

  /** Looks the host up; may block on the name service. */
  public InetSocketAddress resolve() throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  /** The endpoint that a socket is bound to. */
  public static Endpoint of(InetSocketAddress address) {
    return new Endpoint(address.getAddress().getHostAddress(), address.getPort());
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
