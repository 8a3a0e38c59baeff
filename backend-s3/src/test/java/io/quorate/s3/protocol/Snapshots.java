// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.protocol.Event;
import io.quorate.s3.protocol.Bench.Member;
import io.quorate.sim.contract.RecordingEffects;
import java.util.Arrays;

/** Snapshots of nothing in particular. */
final class Snapshots {
  private Snapshots() {}

  static SnapshotRef at(
      long slot, long epoch, ChainHash hash, long lastIndex, long timeFloorNanos, int bytes) {
    return new SnapshotRef(
        "snapshot-" + slot,
        slot,
        epoch,
        hash,
        lastIndex,
        timeFloorNanos,
        new byte[0],
        bytes,
        new byte[32]);
  }

  static SnapshotRef behind(Entry entry, int bytes) {
    return at(
        entry.slot(),
        entry.epoch(),
        entry.hash(),
        entry.lastIndex(),
        entry.timeFloorNanos(),
        bytes);
  }

  /** The runtime has taken a snapshot; its content are bytes of the slot's number. */
  static void taken(Bench bench, Member member, SnapshotRef snapshot) {
    member.step(new Event.SnapshotSaved(snapshot));
    serve(bench, member);
  }

  /** Reads and writes of the local store are carried out, and requests to the bucket. */
  static void serve(Bench bench, Member member) {
    boolean more = true;
    while (more) {
      bench.settle();
      more = !member.out.chunkReads.isEmpty() || !member.out.chunkWrites.isEmpty();
      while (!member.out.chunkReads.isEmpty()) {
        RecordingEffects.ChunkRead read = member.out.chunkReads.removeFirst();
        byte[] bytes =
            new byte[(int) Math.min(read.bytesMax(), read.snapshot().sizeBytes() - read.offset())];
        Arrays.fill(bytes, (byte) read.snapshot().slot());
        member.step(new Event.SnapshotChunk(read.to(), read.snapshot(), read.offset(), bytes));
      }
      while (!member.out.chunkWrites.isEmpty()) {
        RecordingEffects.ChunkWrite write = member.out.chunkWrites.removeFirst();
        long next = write.offset() + write.bytes().length;
        member.step(
            new Event.SnapshotReceived(
                write.snapshot(), next, next == write.snapshot().sizeBytes()));
      }
    }
  }
}
