// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A snapshot on its way from one replica to another, a chunk at a time; pure, and knows no message:
 * when and from whom a snapshot is fetched is each protocol's own business.
 *
 * <p>Starting points: {@link io.quorate.core.transfer.SnapshotTransfer} where it leaves, {@link
 * io.quorate.core.transfer.SnapshotReceiver} where it arrives.
 */
@NullMarked
package io.quorate.core.transfer;

import org.jspecify.annotations.NullMarked;
