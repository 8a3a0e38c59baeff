// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

/**
 * An entry of this replica's log whose bytes are damaged here, while the copy of its header is
 * whole. It was perhaps acknowledged, so it is neither truncated nor denied; what mends it is
 * exactly the entry with this hash, from another replica.
 */
public record FaultySlot(long slot, long epoch, ChainHash hash) {}
