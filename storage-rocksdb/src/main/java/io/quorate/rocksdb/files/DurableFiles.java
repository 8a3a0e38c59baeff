// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb.files;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files and names that survive a power loss. Streams rather than channels where bytes are written:
 * an interrupt closes a channel, and a closed channel looks like a failed disk.
 */
public final class DurableFiles {
  private DurableFiles() {}

  /** Creates or replaces a file: after a crash it has all of the old bytes or all of the new. */
  public static void replace(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
      out.write(bytes);
      out.getFD().sync();
    }
    rename(fresh, file);
  }

  /** Gives a file, whose bytes are durable, its final name; the name is durable on return. */
  public static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(directoryOf(to));
  }

  /** Creates a directory and those above it; their names are durable on return. */
  public static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path above = directory.toAbsolutePath().getParent();
    if (above != null) {
      createDirectories(above);
    }
    Files.createDirectories(directory);
    if (above != null) {
      syncDirectory(above);
    }
  }

  /** Makes the names in a directory durable. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path directoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IllegalArgumentException(file + " is in no directory");
    }
    return directory;
  }
}
