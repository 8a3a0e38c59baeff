// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.segments;

import io.quorate.core.check.Check;

/**
 * How segment files are kept.
 *
 * @param sync whether every group is synced before it counts as durable
 * @param segmentBytes size of one file, allocated before it is used; a larger group gets a file of
 *     its own size
 * @param spares retired files that are kept to be overwritten, or as many as came free at once
 */
public record SegmentOptions(boolean sync, long segmentBytes, int spares) {
  /** Smallest file. */
  public static final long BYTES_MIN = 64 << 10;

  /** Largest file: offsets in it are kept in 32 bits. */
  public static final long BYTES_MAX = 1L << 30;

  /** Refuses sizes that no file can have. */
  public SegmentOptions {
    Check.that(
        segmentBytes >= BYTES_MIN && segmentBytes <= BYTES_MAX,
        "segments of %s bytes",
        segmentBytes);
    Check.that(spares >= 0, "%s spare segments", spares);
  }
}
