// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.Guice;
import com.google.inject.Stage;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.StorageEngine;
import java.io.PrintWriter;
import java.nio.file.Path;

/** The files of replicas that do not run. */
public final class QuorateStorage {
  private QuorateStorage() {}

  /**
   * Describes and verifies the folder of one replica without changing anything in it. Blocks.
   *
   * @param out gets the description, a fact a line
   * @return whether everything found is as it was written
   * @throws StartException the folder does not exist or holds no replica
   */
  public static boolean inspect(Path directory, PrintWriter out) {
    return Guice.createInjector(Stage.PRODUCTION, new StrictModule(), ConfigReader.defaultStorage())
        .getInstance(StorageEngine.class)
        .inspect(directory, out);
  }
}
