// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * The line between the rules of the log (proof, faulty slots, verdict about a lost end) and the
 * files that keep it: what the rules ask of them, whatever they are.
 *
 * <p>Starting points: {@link io.quorate.rocksdb.files.LogFiles}, then {@link
 * io.quorate.rocksdb.files.LogChanges}.
 */
@NullMarked
package io.quorate.rocksdb.files;

import org.jspecify.annotations.NullMarked;
