// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.plugin;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.SnapshotStore;
import java.nio.file.Path;

/** Opens the durable files of replicas. */
public interface StorageEngine {

  /** What one replica keeps on disk; open until closed. */
  interface Opened extends AutoCloseable {
    /** The log and the hard state; closed together with this. */
    LogStore log();

    /** The snapshots; closed together with this. */
    SnapshotStore snapshots();

    /** Frees the files and their lock; twice is harmless. */
    @Override
    void close();
  }

  /**
   * Opens the files of one replica, or creates them at its first start. Blocks.
   *
   * @param directory of this replica alone; created if missing
   * @param backend name of the protocol whose files they are
   * @throws StartException the folder cannot be written, is in use by another process, belongs to
   *     another group or node, was written by another protocol, or is damaged
   */
  Opened open(Path directory, GroupId group, NodeId node, String backend);

  /**
   * Describes and verifies a directory without changing anything in it. Blocks.
   *
   * @param out gets the description, a fact a line
   * @return whether everything found is as it was written
   * @throws StartException the folder does not exist or is not one of this engine's
   */
  boolean inspect(Path directory, java.io.PrintWriter out);
}
