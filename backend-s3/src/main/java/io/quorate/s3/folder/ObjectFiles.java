// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder: {@code objects/} has one immutable file an object, {@code tmp/} what is
 * being written. A file gets its name when its bytes are durable, so that it is whole or not there;
 * whoever calls holds the lock of the key.
 */
final class ObjectFiles {
  private static final int ATTEMPTS_MAX = 1000;

  private final Path objects;
  private final Path tmp;

  ObjectFiles(Path folder) throws IOException {
    objects = folder.resolve("objects");
    tmp = folder.resolve("tmp");
    Files.createDirectories(objects);
    Files.createDirectories(tmp);
    sync(folder);
  }

  /** One object. */
  record Contents(byte[] bytes, String etag) {}

  /** A file found by a walk. */
  record Place(List<String> names, long sizeBytes) {}

  /** A sync failed: nobody knows what is on the disk. */
  static final class SyncFailed extends IOException {
    private SyncFailed(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** The ETag of these bytes: as at most S3 servers, equal bytes have equal ones. */
  static String etag(byte[] bytes) {
    try {
      byte[] md5 = MessageDigest.getInstance("MD5").digest(bytes);
      return '"' + HexFormat.of().formatHex(md5) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  boolean exists(List<String> names) {
    return Files.exists(path(names));
  }

  /** The object; null: there is none. */
  @Nullable Contents read(List<String> names) throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(path(names));
      return new Contents(bytes, etag(bytes));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Writes or replaces an object; it is durable on return.
   *
   * @param lock number of the lock that the caller holds: whoever holds it next writes over what a
   *     killed process left behind
   */
  void write(List<String> names, byte[] bytes, int lock) throws IOException {
    Path fresh = tmp.resolve(Integer.toString(lock));
    try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
      out.write(bytes);
      force(out.getChannel());
    }
    Path file = path(names);
    // Folders come and go with their last object: another key's deletion may take ours away.
    for (int attempt = 1; ; attempt++) {
      try {
        Files.createDirectories(parent(file));
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        break;
      } catch (NoSuchFileException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
    // Up to the top: a folder above may be another writer's, who has not yet synced it.
    for (Path folder = parent(file); !folder.equals(objects); folder = parent(folder)) {
      sync(folder);
    }
    sync(objects);
  }

  /** Deletes an object if there is one, and the folders that it leaves empty. */
  void delete(List<String> names) throws IOException {
    Path file = path(names);
    if (!Files.deleteIfExists(file)) {
      return;
    }
    Path folder = parent(file);
    while (!folder.equals(objects)) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        break;
      }
      folder = parent(folder);
    }
    try {
      sync(folder);
    } catch (NoSuchFileException e) {
      // Somebody else deleted the last object beside ours, and syncs above.
      sync(objects);
    }
  }

  /**
   * Finds objects below some folders, in the order of their names.
   *
   * @param after names of the last object of an earlier walk; empty: from the beginning
   * @param countMax at least one more is looked for, so that the caller sees that there are more
   */
  List<Place> walk(List<String> folders, List<String> after, int countMax) throws IOException {
    List<Place> found = new ArrayList<>();
    Path start = objects;
    for (String name : folders) {
      start = start.resolve(name);
    }
    List<String> inside = after.isEmpty() ? after : after.subList(folders.size(), after.size());
    walk(start, new ArrayList<>(folders), inside, countMax + 1, found);
    return found;
  }

  private static void walk(
      Path folder, List<String> names, List<String> after, int countMax, List<Place> found)
      throws IOException {
    List<String> children = children(folder);
    String first = after.isEmpty() ? "" : after.get(0);
    for (String child : children) {
      int order = child.compareTo(first);
      if (order < 0) {
        continue;
      }
      names.add(child);
      Path path = folder.resolve(child);
      if (!child.endsWith(KeyPaths.SUFFIX)) {
        List<String> deeper = order == 0 ? after.subList(1, after.size()) : List.of();
        walk(path, names, deeper, countMax, found);
      } else if (order > 0) {
        try {
          found.add(new Place(List.copyOf(names), Files.size(path)));
        } catch (NoSuchFileException e) {
          // Deleted since its folder was read.
        }
      }
      names.remove(names.size() - 1);
      if (found.size() >= countMax) {
        return;
      }
    }
  }

  private static List<String> children(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path child : stream) {
        names.add(String.valueOf(child.getFileName()));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    names.sort(null);
    return names;
  }

  private Path path(List<String> names) {
    Path path = objects;
    for (String name : names) {
      path = path.resolve(name);
    }
    return path;
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " is in no folder");
    }
    return parent;
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      force(channel);
    }
  }

  private static void force(FileChannel channel) throws SyncFailed {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw new SyncFailed(e);
    }
  }
}
