// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import io.quorate.api.NodeId;
import org.jspecify.annotations.Nullable;

/** What an operator may ask of a replica. */
public sealed interface AdminCommand {

  /** Hand leadership over to {@code target}, or to the most suitable replica when null. */
  record TransferLeadership(@Nullable NodeId target) implements AdminCommand {}

  /** Take a snapshot now; carried out by the runtime, never shown to a core. */
  record TakeSnapshot() implements AdminCommand {}
}
