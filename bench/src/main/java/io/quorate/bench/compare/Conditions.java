// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.api.ReadConsistency;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Under which conditions the contenders run, beside the load.
 *
 * @param layout where the replicas run
 * @param durability what a command has survived when it is acknowledged
 * @param reads how fresh reads are: {@code linearizable}, {@code lease}, {@code bounded:MILLIS} or
 *     {@code local}
 */
public record Conditions(Layout layout, Durability durability, String reads) {
  private static final String BOUNDED = "bounded:";

  /** All replicas in this process, synced, linearizable. */
  public static final Conditions DEFAULT =
      new Conditions(Layout.LOCAL, Durability.FSYNC, "linearizable");

  /** Where the replicas run. */
  public enum Layout {
    /** All in this process, beside the load. */
    LOCAL,
    /** Each in a process of its own. */
    PROCESS
  }

  /** What a command has survived when it is acknowledged. */
  public enum Durability {
    /** The loss of power of all machines. */
    FSYNC,
    /** The death of all processes; what the operating system held is lost with the power. */
    OS
  }

  /** Refuses a freshness that is none. */
  public Conditions {
    parse(reads);
  }

  /** How fresh reads are, for our own backends. */
  ReadConsistency consistency() {
    return parse(reads);
  }

  /** Whether a read must show everything that was acknowledged before it began. */
  boolean readsAreLinearizable() {
    return parse(reads) instanceof ReadConsistency.Linearizable
        || parse(reads) instanceof ReadConsistency.Lease;
  }

  private static ReadConsistency parse(String text) {
    switch (text) {
      case "linearizable":
        return ReadConsistency.LINEARIZABLE;
      case "lease":
        return ReadConsistency.LEASE;
      case "local":
        return ReadConsistency.local(0);
      default:
        if (text.toLowerCase(Locale.ROOT).startsWith(BOUNDED)) {
          try {
            return ReadConsistency.bounded(
                Duration.ofMillis(Long.parseLong(text.substring(BOUNDED.length()))));
          } catch (NumberFormatException e) {
            throw refusal(text, e);
          }
        }
        throw refusal(text, null);
    }
  }

  private static IllegalArgumentException refusal(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "--consistency must be linearizable, lease, bounded:MILLIS (such as bounded:100) or local,"
            + " was \""
            + text
            + "\"",
        cause);
  }
}
