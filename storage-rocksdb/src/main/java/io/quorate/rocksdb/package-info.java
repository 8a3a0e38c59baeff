// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What one replica keeps on its disk: its log and hard state in RocksDB or in segment files, its
 * snapshots in files of their own, all below one data directory that belongs to it alone.
 *
 * <p>Starting points: {@link io.quorate.rocksdb.DataDirectory}, then {@link
 * io.quorate.rocksdb.DurableLog} and {@link io.quorate.rocksdb.RocksSnapshotStore}.
 */
@NullMarked
package io.quorate.rocksdb;

import org.jspecify.annotations.NullMarked;
