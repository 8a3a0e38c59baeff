// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import io.quorate.node.config.DataSize;
import io.quorate.node.config.Require;

/**
 * When a replica takes snapshots.
 *
 * @param everyLogBytes bytes of log since the last snapshot that make the next one due
 * @param keep complete snapshots kept on disk
 */
public record SnapshotSettings(DataSize everyLogBytes, int keep) {
  /** Smallest log between two snapshots: below it a replica would do little else. */
  public static final DataSize LOG_BYTES_MIN = DataSize.ofKibibytes(64);

  /** Refuses settings that would keep a replica busy with snapshots, or leave it without any. */
  public SnapshotSettings {
    Require.between(
        everyLogBytes,
        LOG_BYTES_MIN,
        DataSize.ofMebibytes(1 << 20),
        "quorate.snapshot.every-log-bytes");
    Require.between(keep, 1, 100, "quorate.snapshot.keep");
  }
}
