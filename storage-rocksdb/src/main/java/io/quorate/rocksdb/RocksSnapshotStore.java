// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.rocksdb;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.SnapshotStore;
import io.quorate.rocksdb.files.DurableFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots as files in the data directory, see {@link SnapshotFile}. RocksDB holds nothing of
 * them: the file system's rename is the one step that makes a snapshot exist.
 *
 * <p>Safe for several threads; a long {@link #save} does not hold up the others. Snapshots found on
 * disk are read and checked once, at the first use; a damaged one is named in the log, left out of
 * {@link #list}, and deleted by {@link #prune} as soon as a sound one is there.
 */
public final class RocksSnapshotStore implements SnapshotStore {
  private static final Logger LOG = LoggerFactory.getLogger(RocksSnapshotStore.class);
  private static final String COMPLETE = ".snapshot";
  private static final String SAVING = ".saving";
  private static final String RECEIVING = ".receiving";

  /** Names come from other replicas too: nothing that could leave the directory. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

  private final Path directory;
  private final Set<String> saving = new HashSet<>();
  private final Map<String, Path> damaged = new LinkedHashMap<>();
  private @Nullable List<SnapshotRef> complete;
  private @Nullable Receiving receiving;
  private boolean closed;

  private record Receiving(SnapshotRef snapshot, SnapshotWriter writer) {}

  private RocksSnapshotStore(Path directory) {
    this.directory = directory;
  }

  /** Opens the snapshots in a data directory; what a crash left of unfinished ones is removed. */
  public static RocksSnapshotStore open(DataDirectory dataDirectory) {
    Path directory = dataDirectory.snapshots();
    try {
      DurableFiles.createDirectories(directory);
      RocksSnapshotStore store = new RocksSnapshotStore(directory);
      for (Path abandoned : store.files(SAVING)) {
        Files.deleteIfExists(abandoned);
      }
      return store;
    } catch (IOException e) {
      throw DataDirectory.cannotUse(directory, "open it", e);
    }
  }

  @Override
  public synchronized List<SnapshotRef> list() {
    return List.copyOf(complete());
  }

  @Override
  public SnapshotRef save(SnapshotRef draft, Content content) {
    Path temporary = path(draft, SAVING);
    synchronized (this) {
      complete();
      if (!saving.add(draft.id())) {
        throw new StorageFault(draft + " is being saved already");
      }
    }
    boolean saved = false;
    try (SnapshotWriter writer = SnapshotWriter.begin(temporary)) {
      content.writeTo(writer);
      long sizeBytes = writer.position();
      SnapshotRef ref = completed(draft, sizeBytes, writer.finish());
      synchronized (this) {
        writer.publish(ref, path(ref, COMPLETE));
        add(ref);
      }
      saved = true;
      return ref;
    } catch (IOException e) {
      throw DataDirectory.cannotUse(temporary, "save " + draft, e);
    } finally {
      synchronized (this) {
        saving.remove(draft.id());
      }
      if (!saved) {
        deleteQuietly(temporary);
      }
    }
  }

  private static SnapshotRef completed(SnapshotRef draft, long sizeBytes, byte[] sha256) {
    return new SnapshotRef(
        draft.id(),
        draft.slot(),
        draft.epoch(),
        draft.hash(),
        draft.lastIndex(),
        draft.timeFloorNanos(),
        draft.configuration(),
        sizeBytes,
        sha256);
  }

  @Override
  public InputStream open(SnapshotRef snapshot) {
    Path path = path(snapshot, COMPLETE);
    requireOpen();
    try {
      return new SnapshotReader(path, snapshot, damage -> condemn(snapshot, path, damage));
    } catch (FileNotFoundException e) {
      throw new StorageFault(
          snapshot + " is not in " + directory + ": fetch it from another replica", e);
    } catch (IOException e) {
      throw DataDirectory.cannotUse(path, "open it", e);
    }
  }

  @Override
  public byte[] readChunk(SnapshotRef snapshot, long offset, int bytesMax) {
    Path path = path(snapshot, COMPLETE);
    requireOpen();
    if (offset < 0 || offset >= snapshot.sizeBytes() || bytesMax <= 0) {
      return new byte[0];
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      byte[] chunk = new byte[(int) Math.min(bytesMax, snapshot.sizeBytes() - offset)];
      int filled = 0;
      while (filled < chunk.length) {
        long at = offset + filled;
        long number = at / SnapshotFile.BLOCK_BYTES;
        byte[] block = SnapshotFile.readBlock(file, path, number, snapshot.sizeBytes());
        int from = (int) (at - number * SnapshotFile.BLOCK_BYTES);
        int piece = Math.min(chunk.length - filled, block.length - from);
        System.arraycopy(block, from, chunk, filled, piece);
        filled += piece;
      }
      return chunk;
    } catch (FileNotFoundException e) {
      return new byte[0];
    } catch (SnapshotFile.DamagedSnapshot e) {
      condemn(snapshot, path, e);
      throw new StorageFault(
          "%s is damaged: %s; it is no longer offered, another will be taken"
              .formatted(snapshot, e.getMessage()),
          e);
    } catch (IOException e) {
      throw DataDirectory.cannotUse(path, "read it", e);
    }
  }

  @Override
  public synchronized long receive(SnapshotRef snapshot, long offset, byte[] bytes) {
    Path path = path(snapshot, RECEIVING);
    if (complete().contains(snapshot)) {
      return snapshot.sizeBytes();
    }
    try {
      SnapshotWriter writer = writerFor(snapshot, path, offset);
      if (offset != writer.position()) {
        return writer.position();
      }
      if (bytes.length > snapshot.sizeBytes() - offset) {
        forgetReceiving();
        return 0;
      }
      writer.write(bytes, 0, bytes.length);
      if (writer.position() < snapshot.sizeBytes()) {
        return writer.position();
      }
      boolean whole = Arrays.equals(writer.finish(), snapshot.sha256());
      if (!whole) {
        LOG.warn("{} arrived with another hash than announced: it is fetched again", snapshot);
        forgetReceiving();
        return 0;
      }
      receiving = null;
      writer.publish(snapshot, path(snapshot, COMPLETE));
      add(snapshot);
      return snapshot.sizeBytes();
    } catch (IOException e) {
      throw DataDirectory.cannotUse(path, "receive " + snapshot, e);
    }
  }

  private SnapshotWriter writerFor(SnapshotRef snapshot, Path path, long offset)
      throws IOException {
    Receiving current = receiving;
    boolean same = current != null && current.snapshot.equals(snapshot);
    if (current != null && same && offset > 0) {
      return current.writer;
    }
    // What an earlier process received goes on; anything else is abandoned.
    boolean resumed = current == null && offset > 0 && Files.exists(path);
    if (current != null) {
      current.writer.close();
      receiving = null;
    }
    for (Path other : files(RECEIVING)) {
      if (!resumed || !other.equals(path)) {
        Files.deleteIfExists(other);
      }
    }
    SnapshotWriter writer =
        resumed ? SnapshotWriter.resume(path, snapshot.sizeBytes()) : SnapshotWriter.begin(path);
    receiving = new Receiving(snapshot, writer);
    return writer;
  }

  private void forgetReceiving() throws IOException {
    Receiving current = receiving;
    if (current != null) {
      receiving = null;
      current.writer.close();
    }
    for (Path piece : files(RECEIVING)) {
      Files.deleteIfExists(piece);
    }
  }

  @Override
  public synchronized void prune(int keep, List<SnapshotRef> pinned) {
    List<SnapshotRef> known = complete();
    try {
      for (SnapshotRef old : List.copyOf(known.subList(0, Math.max(0, known.size() - keep)))) {
        if (!pinned.contains(old)) {
          Files.deleteIfExists(path(old, COMPLETE));
          known.remove(old);
        }
      }
      if (!known.isEmpty()) {
        for (Path bad : damaged.values()) {
          Files.deleteIfExists(bad);
        }
        damaged.clear();
      }
      forgetReceiving();
      for (Path piece : files(SAVING)) {
        String name = String.valueOf(piece.getFileName());
        if (!saving.contains(name.substring(0, name.length() - SAVING.length()))) {
          Files.deleteIfExists(piece);
        }
      }
    } catch (IOException e) {
      throw DataDirectory.cannotUse(directory, "delete old snapshots", e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Receiving current = receiving;
    receiving = null;
    if (current != null) {
      try {
        current.writer.close();
      } catch (IOException e) {
        LOG.debug("closing an unfinished snapshot failed", e);
      }
    }
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new StorageFault("the snapshots in " + directory + " are closed");
    }
  }

  /** The sound snapshots, ascending; read and checked at the first call. */
  private List<SnapshotRef> complete() {
    requireOpen();
    List<SnapshotRef> known = complete;
    if (known == null) {
      known = new ArrayList<>();
      try {
        for (Path path : files(COMPLETE)) {
          SnapshotRef ref = verified(path);
          if (ref != null) {
            known.add(ref);
          }
        }
      } catch (IOException e) {
        throw DataDirectory.cannotUse(directory, "read the snapshots", e);
      }
      known.sort(Comparator.comparingLong(SnapshotRef::slot).thenComparing(SnapshotRef::id));
      complete = known;
    }
    return known;
  }

  private @Nullable SnapshotRef verified(Path path) throws IOException {
    try {
      SnapshotRef ref = SnapshotFile.readManifest(path);
      if (!path.equals(path(ref, COMPLETE))) {
        throw new SnapshotFile.DamagedSnapshot(path + " holds " + ref);
      }
      SnapshotFile.verifyBlocks(path, ref);
      return ref;
    } catch (SnapshotFile.DamagedSnapshot e) {
      LOG.warn("a damaged snapshot is passed over: {}", e.getMessage());
      damaged.put(String.valueOf(path.getFileName()), path);
      return null;
    }
  }

  private synchronized void condemn(SnapshotRef snapshot, Path path, IOException cause) {
    if (complete().remove(snapshot)) {
      LOG.warn("a damaged snapshot is no longer offered: {}", cause.getMessage());
      damaged.put(String.valueOf(path.getFileName()), path);
    }
  }

  private void add(SnapshotRef ref) {
    List<SnapshotRef> known = complete();
    known.removeIf(other -> other.id().equals(ref.id()));
    damaged.remove(ref.id() + COMPLETE);
    known.add(ref);
    known.sort(Comparator.comparingLong(SnapshotRef::slot).thenComparing(SnapshotRef::id));
  }

  private Path path(SnapshotRef snapshot, String ending) {
    if (!ID.matcher(snapshot.id()).matches()) {
      throw new StorageFault(
          "\"" + snapshot.id() + "\" cannot name a snapshot: only letters, digits, '.', '_', '-'");
    }
    return directory.resolve(snapshot.id() + ending);
  }

  /** Files of complete snapshots, sound or not. */
  static List<Path> completeFiles(Path directory) throws IOException {
    return Files.isDirectory(directory) ? files(directory, COMPLETE) : List.of();
  }

  private List<Path> files(String ending) throws IOException {
    return files(directory, ending);
  }

  private static List<Path> files(Path directory, String ending) throws IOException {
    try (Stream<Path> found = Files.list(directory)) {
      return found
          .filter(path -> String.valueOf(path.getFileName()).endsWith(ending))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException("cannot list " + directory, e);
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.debug("{} is left behind", path, e);
    }
  }
}
