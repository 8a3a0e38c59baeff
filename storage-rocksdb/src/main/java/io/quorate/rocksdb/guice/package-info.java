// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Makes the storage available under {@code quorate.storage = rocksdb}.
 *
 * <p>Starting point: {@link io.quorate.rocksdb.guice.RocksStoragePlugin}.
 */
@NullMarked
package io.quorate.rocksdb.guice;

import org.jspecify.annotations.NullMarked;
