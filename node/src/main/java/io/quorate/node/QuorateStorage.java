// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.Stage;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.OptionalBinder;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.port.Backend;
import io.quorate.core.runtime.SystemClock;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.plugin.ObjectStorage;
import io.quorate.node.plugin.SharedLog;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.StorageEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

  /**
   * Makes the data directory of a replica whose disk is lost, so that it recovers when it starts
   * (and does not take itself for a new one). Blocks.
   *
   * @return the directory
   * @throws ConfigurationException the backend has no such recovery, or the group is too small;
   *     says what to do instead
   * @throws StartException the directory is not empty, or cannot be made
   */
  public static Path recover(QuorateConfig config) {
    Injector injector =
        Guice.createInjector(
            Stage.DEVELOPMENT, new StrictModule(), new BackendModule(config.plugins()));
    Backend backend = injector.getInstance(Backend.class);
    byte[] hardState;
    try {
      hardState = backend.afterLostDisk(config.members().size());
    } catch (Backend.CannotRecover e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()));
    }
    Path directory = config.dataDirectory();
    // Made beside its place, and moved there whole: half of it would look like a first start.
    Path draft = directory.resolveSibling(directory.getFileName() + ".recovering");
    try {
      if (!isEmpty(directory)) {
        throw new StartException(
            directory
                + " is not empty, so "
                + config.node()
                + " has not lost its disk: start it as it is; or, if the files are beyond repair,"
                + " move the directory away and recover then");
      }
      delete(draft);
      try (StorageEngine.Opened files =
          injector
              .getInstance(StorageEngine.class)
              .open(draft, config.group(), config.node(), backend.name())) {
        long token = files.log().recover(null, 1).head().slot() + 1;
        files.log().write(List.of(new DurableWrite(token, hardState, 0, null, List.of())));
      }
      Files.deleteIfExists(directory);
      Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StartException("cannot prepare " + directory + ": " + e, e);
    }
    return directory;
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return true;
    }
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static final class BackendModule extends AbstractModule {
    private final List<Module> plugins;

    BackendModule(List<Module> plugins) {
      this.plugins = plugins;
    }

    @Override
    protected void configure() {
      requireBinding(Backend.class);
      requireBinding(StorageEngine.class);
      OptionalBinder.newOptionalBinder(binder(), ObjectStorage.class);
      OptionalBinder.newOptionalBinder(binder(), SharedLog.class);
      plugins.forEach(this::install);
    }
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
