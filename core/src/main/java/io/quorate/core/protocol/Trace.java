// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;

/** What a core has to tell people; the runtime logs it, the simulator records it. */
public sealed interface Trace {

  /** A legal message that changes nothing: late, repeated, or of another epoch or role. */
  record Ignored(NodeId from, String message, String why) implements Trace {
    @Override
    public String toString() {
      return "ignored " + message + " of " + from + ": " + why;
    }
  }

  /**
   * Something worth knowing.
   *
   * @param rule the protocol's name for the rule or the place, such as {@code "raft §5.3 conflict"}
   */
  record Noted(String rule, String text) implements Trace {
    @Override
    public String toString() {
      return rule + ": " + text;
    }
  }
}
