// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.snapshot;

import io.quorate.api.GroupId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.SnapshotRef;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a snapshot says of itself.
 *
 * @param group whose state it is
 * @param stateMachine {@link io.quorate.api.statemachine.StateMachine#name()} of the writer
 * @param version {@link io.quorate.api.statemachine.StateMachine#version()} of the writer
 * @param slot last slot that the state includes
 * @param epoch epoch of the entry at {@code slot}
 * @param hash H(slot)
 * @param lastIndex index of the last command included
 * @param timeFloorNanos earliest consensus time of the entry after it
 * @param configuration body of the last configuration entry up to {@code slot}; empty if none
 */
public record SnapshotHeader(
    GroupId group,
    String stateMachine,
    int version,
    long slot,
    long epoch,
    ChainHash hash,
    long lastIndex,
    long timeFloorNanos,
    byte[] configuration) {

  /** Refuses a snapshot that is not the one that {@code ref} promises. */
  public void verify(SnapshotRef ref) throws CorruptSnapshot {
    boolean same =
        slot == ref.slot()
            && epoch == ref.epoch()
            && hash.equals(ref.hash())
            && lastIndex == ref.lastIndex()
            && timeFloorNanos == ref.timeFloorNanos()
            && Arrays.equals(configuration, ref.configuration());
    if (!same) {
      throw new CorruptSnapshot(
          "snapshot "
              + ref.id()
              + " should be of slot "
              + ref.slot()
              + ", H "
              + ref.hash()
              + "; its content is of slot "
              + slot
              + ", H "
              + hash
              + " or differs in epoch, index, time or configuration");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SnapshotHeader that
        && group.equals(that.group)
        && stateMachine.equals(that.stateMachine)
        && version == that.version
        && slot == that.slot
        && epoch == that.epoch
        && hash.equals(that.hash)
        && lastIndex == that.lastIndex
        && timeFloorNanos == that.timeFloorNanos
        && Arrays.equals(configuration, that.configuration);
  }

  @Override
  public int hashCode() {
    return Objects.hash(group, slot, hash);
  }

  @Override
  public String toString() {
    return "snapshot of " + group + " at slot " + slot + " by " + stateMachine + " " + version;
  }
}
