// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import java.util.Arrays;
import java.util.Objects;

/**
 * A complete snapshot: the state after every command of the log up to {@code slot}.
 *
 * @param id unique name within the group: slot, epoch and a nonce; names the files
 * @param slot last slot that the state includes
 * @param epoch epoch of the entry at {@code slot}
 * @param hash H(slot), to which the rest of the log must link
 * @param lastIndex index of the last command included
 * @param timeFloorNanos earliest consensus time of the entry after it
 * @param configuration body of the last configuration entry up to {@code slot}; empty if none
 * @param sizeBytes length of the snapshot as one stream
 * @param sha256 of that stream, 32 bytes
 */
public record SnapshotRef(
    String id,
    long slot,
    long epoch,
    ChainHash hash,
    long lastIndex,
    long timeFloorNanos,
    byte[] configuration,
    long sizeBytes,
    byte[] sha256) {

  /** What the log that continues this snapshot has as its base. */
  public LogBase base() {
    return new LogBase(slot, epoch, hash);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SnapshotRef that
        && id.equals(that.id)
        && slot == that.slot
        && sizeBytes == that.sizeBytes
        && Arrays.equals(sha256, that.sha256);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, slot);
  }

  @Override
  public String toString() {
    return "snapshot " + id + " (slot " + slot + ", " + sizeBytes + " bytes)";
  }
}
