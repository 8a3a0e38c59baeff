// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.log.ChainHash;

/**
 * Where a snapshot is, and what it covers.
 *
 * @param slot last slot that it includes
 * @param epoch epoch of the entry at {@code slot}
 * @param nonce drawn for each upload, so that no place is used twice
 * @param hash H(slot)
 * @param lastIndex index of the last command included
 * @param sizeBytes length of the snapshot as one stream
 */
public record SnapshotPlace(
    long slot, long epoch, long nonce, ChainHash hash, long lastIndex, long sizeBytes) {
  /** Refuses what no protocol step makes. */
  public SnapshotPlace {
    if (slot < 1 || epoch < 1 || lastIndex < 0 || sizeBytes < 0) {
      throw new IllegalArgumentException(
          "snapshot of slot " + slot + ", epoch " + epoch + ", " + sizeBytes + " bytes");
    }
  }

  /** Name of its folder: slot, epoch and nonce in hexadecimal digits. */
  public String folder() {
    return String.format("%016x-%016x-%016x", slot, epoch, nonce);
  }
}
