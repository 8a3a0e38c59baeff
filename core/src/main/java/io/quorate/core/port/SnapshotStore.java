// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.log.SnapshotRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Complete snapshots of one replica, newest few kept. A crash leaves either the whole snapshot or
 * nothing that {@link #list} shows. Blocks; never called from a replica's loop.
 */
public interface SnapshotStore extends AutoCloseable {

  /** Writes the content of a snapshot; called once. */
  interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Complete snapshots, ascending by slot. Damaged ones are not listed but reported in the log. */
  List<SnapshotRef> list();

  /**
   * Stores a snapshot taken here.
   *
   * @param draft everything but size and sha256, which are found while writing
   * @return the complete reference; the snapshot is durable
   */
  SnapshotRef save(SnapshotRef draft, Content content);

  /** Opens a snapshot; the stream fails on the first damaged block, and at its end on a bad sum. */
  InputStream open(SnapshotRef snapshot);

  /** Reads bytes of a snapshot to be sent on, checked; empty if it is no longer there. */
  byte[] readChunk(SnapshotRef snapshot, long offset, int bytesMax);

  /**
   * Adds a chunk of a snapshot from elsewhere. Offset 0 begins anew; a chunk that is not next is
   * ignored.
   *
   * @return the offset at which the next chunk must begin. Equal to {@link
   *     SnapshotRef#sizeBytes()}: the snapshot is verified, durable and listed. 0: it did not match
   *     its checksum; start over
   */
  long receive(SnapshotRef snapshot, long offset, byte[] bytes);

  /**
   * Deletes complete snapshots but the newest {@code keep} and those in {@code pinned}, and
   * abandoned partial ones. What is pinned and not here is none of its business.
   */
  void prune(int keep, List<SnapshotRef> pinned);

  /** As {@link #prune(int, List)}, with nothing pinned. */
  default void prune(int keep) {
    prune(keep, List.of());
  }

  @Override
  void close();
}
