// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.rocksdb.files.DurableFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one replica, locked while it is open:
 *
 * <pre>
 * identity     format, group, node, incarnation, backend
 * lock         held by the process that uses the directory
 * marker       the sync marker, see docs/adr/0002-rocksdb-log.md
 * log/         entries and hard state, in RocksDB or in segment files
 * snapshots/   one file a snapshot
 * </pre>
 *
 * <p>Every error is a {@link StorageFault} whose text names the path and what would mend it.
 */
public final class DataDirectory implements AutoCloseable {
  /**
   * Directories open in this process. POSIX locks belong to the process, and closing any handle of
   * the lock file would release them: a second opening must be refused before it touches the file.
   */
  private static final Set<Path> OPEN_HERE = new HashSet<>();

  private final Path path;
  private final Identity identity;
  private final Path realPath;
  private final RandomAccessFile lockFile;

  private DataDirectory(Path path, Path realPath, Identity identity, RandomAccessFile lockFile) {
    this.path = path;
    this.realPath = realPath;
    this.identity = identity;
    this.lockFile = lockFile;
  }

  /**
   * Opens the directory of a replica, creates it at the first start, and locks it. On return its
   * identity is durable.
   *
   * @param path of this replica alone, customarily {@code <data-dir>/<group>/<node>}
   */
  public static DataDirectory open(Path path, GroupId group, NodeId node) {
    return open(path, group, node, null);
  }

  /**
   * The same for the replica of a protocol: what another one wrote is refused.
   *
   * @param backend name of the protocol; null if it does not matter
   */
  public static DataDirectory open(
      Path path, GroupId group, NodeId node, @Nullable String backend) {
    try {
      DurableFiles.createDirectories(path);
    } catch (IOException e) {
      throw cannotUse(path, "create it", e);
    }
    return lock(
        path,
        () -> {
          Path file = path.resolve("identity");
          Identity identity =
              Files.exists(file) ? readIdentity(path) : firstStart(path, group, node, backend);
          if (!identity.group().equals(group) || !identity.node().equals(node)) {
            throw new StorageFault(
                ("%s belongs to node %s of group %s, not to node %s of group %s:"
                        + " give this node its own directory, or correct its configuration")
                    .formatted(path, identity.node(), identity.group(), node, group));
          }
          @Nullable String made = identity.backend();
          if (made != null && backend != null && !made.equals(backend)) {
            throw new StorageFault(
                ("%s was made with backend = %s, the configuration says %s, which cannot read it:"
                        + " put back backend = %s, or begin anew with another data-dir or group")
                    .formatted(path, made, backend, made));
          }
          return identity;
        });
  }

  /**
   * Opens an existing directory to look at it; changes nothing but the lock.
   *
   * @param path of the replica, with {@code identity} in it
   */
  public static DataDirectory openExisting(Path path) {
    if (!Files.isRegularFile(path.resolve("identity"))) {
      throw new StorageFault(
          path
              + " is not the data directory of a replica, it has no file \"identity\": name a"
              + " directory <data-dir>/<group>/<node>");
    }
    return lock(path, () -> readIdentity(path));
  }

  /** To whom it belongs. */
  public Identity identity() {
    return identity;
  }

  /** The directory itself. */
  public Path path() {
    return path;
  }

  Path log() {
    return path.resolve("log");
  }

  Path marker() {
    return path.resolve("marker");
  }

  Path snapshots() {
    return path.resolve("snapshots");
  }

  /** Releases the lock; the stores in it must be closed before. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw cannotUse(path, "release its lock", e);
    } finally {
      release(realPath);
    }
  }

  private interface IdentityReader {
    Identity read() throws IOException;
  }

  private static DataDirectory lock(Path path, IdentityReader reader) {
    Path realPath;
    try {
      realPath = path.toRealPath();
    } catch (IOException e) {
      throw cannotUse(path, "open it", e);
    }
    synchronized (OPEN_HERE) {
      if (!OPEN_HERE.add(realPath)) {
        throw new StorageFault(path + " is already in use by this process: stop the other node");
      }
    }
    @Nullable RandomAccessFile file = null;
    boolean opened = false;
    try {
      file = new RandomAccessFile(path.resolve("lock").toFile(), "rw");
      @Nullable FileLock lock = file.getChannel().tryLock();
      if (lock == null) {
        throw new StorageFault(
            "%s is in use by another process%s: stop that one, or give this node its own directory"
                .formatted(path, holder(file)));
      }
      file.setLength(0);
      file.write(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8));
      DataDirectory directory = new DataDirectory(path, realPath, reader.read(), file);
      opened = true;
      return directory;
    } catch (IOException e) {
      throw cannotUse(path, "lock it", e);
    } finally {
      if (!opened) {
        closeQuietly(file);
        release(realPath);
      }
    }
  }

  private static void release(Path realPath) {
    synchronized (OPEN_HERE) {
      OPEN_HERE.remove(realPath);
    }
  }

  private static void closeQuietly(@Nullable RandomAccessFile file) {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException ignored) {
      // What made the opening fail is thrown already and says more.
    }
  }

  private static String holder(RandomAccessFile file) throws IOException {
    byte[] pid = new byte[20];
    file.seek(0);
    int read = file.read(pid);
    return read <= 0 ? "" : " (pid " + new String(pid, 0, read, StandardCharsets.UTF_8) + ")";
  }

  private static Identity firstStart(
      Path path, GroupId group, NodeId node, @Nullable String backend) throws IOException {
    if (Files.exists(path.resolve("log")) || Files.exists(path.resolve("marker"))) {
      throw new StorageFault(
          path
              + " holds a log but no file \"identity\": restore the file from a backup, or move the"
              + " directory away and replace this replica by a new one");
    }
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    Identity identity = new Identity(group, node, HexFormat.of().formatHex(random), backend);
    DurableFiles.replace(
        path.resolve("identity"), identity.toText().getBytes(StandardCharsets.UTF_8));
    return identity;
  }

  private static Identity readIdentity(Path path) throws IOException {
    Path file = path.resolve("identity");
    try {
      return Identity.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new StorageFault(
          "%s cannot be used: %s; restore it from a backup, or use the release that wrote it"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** A fault of the file system as one sentence that says the mend. */
  static StorageFault cannotUse(Path path, String operation, IOException cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    String mend = "check the disk";
    if (cause instanceof AccessDeniedException || reason.contains("Permission denied")) {
      reason = "permission denied";
      mend = "make it writable for user " + System.getProperty("user.name");
    } else if (cause instanceof FileSystemException && notADirectory(path) != null) {
      reason = notADirectory(path) + " is a file";
      mend = "name another data directory";
    } else if (reason.contains("No space left")) {
      reason = "the disk is full";
      mend = "free some space";
    } else if (reason.contains("Read-only file system")) {
      reason = "the file system is mounted read-only";
      mend = "mount it writable";
    }
    return new StorageFault(
        "cannot use %s: failed to %s, %s; %s".formatted(path, operation, reason, mend), cause);
  }

  private static @Nullable Path notADirectory(Path path) {
    for (Path at = path; at != null; at = at.getParent()) {
      if (Files.isRegularFile(at)) {
        return at;
      }
    }
    return null;
  }
}
