// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * A log in segment files of our own: preallocated, written once, recycled. Each synced group of
 * changes is one piece of a file ({@link io.quorate.rocksdb.segments.GroupBlock} says how it looks)
 * and an index in memory tells where each slot stands.
 *
 * <p>Starting points: {@link io.quorate.rocksdb.segments.SegmentFiles}, then {@link
 * io.quorate.rocksdb.segments.SegmentScan} for what is found after a crash; why, in {@code
 * docs/adr/0010-segment-files.md}.
 */
@NullMarked
package io.quorate.rocksdb.segments;

import org.jspecify.annotations.NullMarked;
