// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Brings RocksDB's native code into the process, once.
 *
 * <p>Left to itself, RocksDB unpacks 17 MB into a new temporary file at every start and removes it
 * at an orderly end only: every killed process leaves one behind. So it is unpacked once for a user
 * and a release, into a directory that only that user may write, and compared with the jar before
 * it is used. Where that does not work, RocksDB does it its own way.
 */
final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  static synchronized void load() {
    if (loaded) {
      return;
    }
    Path directory = unpacked();
    if (directory == null || !isLoadedFrom(directory)) {
      RocksDB.loadLibrary();
    }
    loaded = true;
  }

  private static boolean isLoadedFrom(Path directory) {
    try {
      RocksDB.loadLibrary(List.of(directory.toString()));
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** Directory with the library in it; null if there is no safe place for it. */
  private static @Nullable Path unpacked() {
    try {
      String name = Environment.getJniLibraryFileName("rocksdb");
      URL resource = RocksDB.class.getClassLoader().getResource(name);
      if (resource == null || !(resource.openConnection() instanceof JarURLConnection jar)) {
        return null;
      }
      long size = jar.getJarEntry().getSize();
      long crc = jar.getJarEntry().getCrc();
      Path directory = directory(crc);
      // Under the name by which RocksDB looks for a library outside of its jar.
      Path library = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
      if (!isSame(library, size, crc)) {
        unpack(resource, library);
      }
      return isSame(library, size, crc) ? directory : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  private static Path directory(long crc) throws IOException {
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
    Path directory =
        Path.of(System.getProperty("java.io.tmpdir"))
            .resolve(String.format(Locale.ROOT, "quorate-rocksdb-%s-%08x", user, crc));
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    // What we create belongs to us: that is how we learn our own name as files have it.
    Path mine = Files.createTempFile(directory, "owner", ".tmp");
    boolean ours =
        Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(mine));
    Files.delete(mine);
    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    if (!ours || !permissions.endsWith("------")) {
      throw new IOException(directory + " is open to others");
    }
    return directory;
  }

  private static boolean isSame(Path library, long size, long crc) throws IOException {
    if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS) || Files.size(library) != size) {
      return false;
    }
    CRC32 found = new CRC32();
    byte[] buffer = new byte[1 << 18];
    try (InputStream in = Files.newInputStream(library)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        found.update(buffer, 0, read);
      }
    }
    return found.getValue() == crc;
  }

  /** Another process may do the same: each renames a file of its own, and either is right. */
  private static void unpack(URL resource, Path library) throws IOException {
    Path fresh = Files.createTempFile(library.getParent(), "unpacking", ".tmp");
    URLConnection connection = resource.openConnection();
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream()) {
      Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
      Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
