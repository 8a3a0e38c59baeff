// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.ReadConsistency;
import io.quorate.core.port.Gateway.ReplySink;

/** One read between arrival and answer. */
record ReadCall(
    ReadConsistency consistency, byte[] query, ReplySink sink, long tag, long deadlineNanos) {}
