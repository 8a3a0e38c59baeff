// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Log, vote and snapshot store in RocksDB. */
@NullMarked
package io.quorate.rocksdb;

import org.jspecify.annotations.NullMarked;
