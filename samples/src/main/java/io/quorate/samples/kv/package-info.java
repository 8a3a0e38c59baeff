// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The reference service: a replicated key-value store with revisions, conditional writes, counters,
 * scans, watches and loads that can be resumed.
 *
 * <p>Starting points: {@link io.quorate.samples.kv.KvStateMachine}, what is replicated, and {@link
 * io.quorate.samples.kv.KvClient}, what its users call.
 */
@NullMarked
package io.quorate.samples.kv;

import org.jspecify.annotations.NullMarked;
