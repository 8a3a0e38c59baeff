// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import io.grpc.Status;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no connection, in words that tell what to mend.
 *
 * @param text one sentence or two, with the address
 */
public record ConnectionProblem(Kind kind, String text) {

  /** What sort of trouble it is. */
  public enum Kind {
    /** Nobody answers there, or not at the moment. */
    UNREACHABLE,
    /** Something answers, but it is no Quorate replica. */
    NOT_QUORATE,
    /** One side speaks TLS and the other does not, or a certificate is not accepted. */
    TLS,
    /** The other side belongs to another group. */
    OTHER_GROUP,
    /** The other side speaks another version of the protocol. */
    OTHER_VERSION,
    /** The other side is not the node that should be there. */
    OTHER_NODE,
    /** The members of the group are not configured alike. */
    OTHER_CONFIGURATION,
    /** The replica there is starting, or closing. */
    NOT_READY
  }

  /** Whether only a change of somebody's configuration can mend it. */
  public boolean lasting() {
    return kind != Kind.UNREACHABLE && kind != Kind.NOT_READY;
  }

  /** Reads the status that ended a connection before its handshake was over. */
  public static ConnectionProblem of(Endpoint endpoint, Status status) {
    Throwable cause = status.getCause();
    String details = details(status);
    if (has(cause, SSLException.class) || details.contains("ssl") || details.contains("tls")) {
      return new ConnectionProblem(
          Kind.TLS,
          "TLS with "
              + endpoint
              + " failed: "
              + reason(status)
              + ". Both sides must use TLS, or neither; the certificate must name this host and be"
              + " signed by a trusted authority");
    }
    if (has(cause, UnknownHostException.class) || details.contains("unable to resolve host")) {
      return new ConnectionProblem(
          Kind.UNREACHABLE, "the host of " + endpoint + " is unknown to the name service");
    }
    if (has(cause, ConnectException.class)) {
      return new ConnectionProblem(Kind.UNREACHABLE, "nobody listens on " + endpoint);
    }
    boolean strange =
        status.getCode() == Status.Code.UNIMPLEMENTED
            || details.contains("http2 exception")
            || details.contains("content-type")
            || details.contains("http status code")
            || details.contains("not settings");
    if (strange) {
      return new ConnectionProblem(
          Kind.NOT_QUORATE,
          "what listens on "
              + endpoint
              + " is no Quorate replica ("
              + reason(status)
              + "); check host and port");
    }
    return new ConnectionProblem(
        Kind.UNREACHABLE, "no connection to " + endpoint + ": " + reason(status));
  }

  private static String reason(Status status) {
    StringBuilder text = new StringBuilder(status.getCode().toString());
    if (status.getDescription() != null) {
      text.append(", ").append(firstLine(status.getDescription()));
    }
    Throwable cause = status.getCause();
    if (cause != null && cause.getMessage() != null) {
      text.append(", ").append(firstLine(cause.getMessage()));
    }
    return text.toString();
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static String details(Status status) {
    StringBuilder text = new StringBuilder();
    if (status.getDescription() != null) {
      text.append(status.getDescription());
    }
    for (Throwable t = status.getCause(); t != null; t = t.getCause()) {
      text.append(' ').append(t.getMessage());
    }
    return text.toString().toLowerCase(Locale.ROOT);
  }

  private static boolean has(@Nullable Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }
}
