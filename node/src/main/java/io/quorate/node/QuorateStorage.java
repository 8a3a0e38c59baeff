// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.OptionalBinder;
import io.quorate.core.runtime.SystemClock;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.plugin.SharedLog;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.StorageEngine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of replicas that do not run, and logs that groups keep elsewhere. */
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

  /**
   * Describes and verifies the log of a group whose backend keeps it in one place for all replicas,
   * without changing anything there. Blocks; replicas may run.
   *
   * @param config configuration of the group
   * @throws ConfigurationException with everything that is wrong with the configuration, or if the
   *     backend keeps its log in the replicas' folders
   * @throws StartException the log cannot be reached
   */
  public static SharedLog.Inspection inspectLog(Path config) {
    QuorateConfig read = new ConfigReader(ConfigSource.read(config, Map.of())).anyNode();
    // Lazily: neither the transport nor the storage engine is wanted here.
    Optional<SharedLog> log =
        Guice.createInjector(Stage.DEVELOPMENT, new StrictModule(), new LogModule(read.plugins()))
            .getInstance(Key.get(new TypeLiteral<Optional<SharedLog>>() {}));
    if (log.isEmpty()) {
      throw new ConfigurationException(
          "backend = "
              + read.backend()
              + " keeps the log in the replicas' own folders: name <data-dir>/<group>/<node>");
    }
    return log.get().inspect(read.group(), new SystemClock().now().wallNanos());
  }

  private static final class LogModule extends AbstractModule {
    private final List<Module> plugins;

    LogModule(List<Module> plugins) {
      this.plugins = plugins;
    }

    @Override
    protected void configure() {
      OptionalBinder.newOptionalBinder(binder(), SharedLog.class);
      plugins.forEach(this::install);
    }
  }
}
