// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.SnapshotStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot store that keeps its streams in a map: the smallest thing that passes the contract.
 */
public final class MemorySnapshotStore implements SnapshotStore {
  private final Disk disk;

  private MemorySnapshotStore(Disk disk) {
    this.disk = disk;
  }

  /** The map, which outlives the stores opened on it. Safe for several threads. */
  public static final class Disk implements SnapshotDisk {
    private final Map<SnapshotRef, byte[]> complete = new LinkedHashMap<>();
    private final Map<String, byte[]> partial = new LinkedHashMap<>();

    @Override
    public SnapshotStore open() {
      return new MemorySnapshotStore(this);
    }

    @Override
    public synchronized Optional<SnapshotDisk> crashCopy() {
      Disk copy = new Disk();
      copy.complete.putAll(complete);
      copy.partial.putAll(partial);
      return Optional.of(copy);
    }

    @Override
    public synchronized boolean corrupt(SnapshotRef snapshot, long offset) {
      byte[] bytes = complete.get(snapshot);
      if (bytes == null) {
        throw new IllegalArgumentException("no " + snapshot);
      }
      byte[] damaged = bytes.clone();
      damaged[(int) offset] ^= 0x10;
      complete.put(snapshot, damaged);
      return true;
    }

    @Override
    public void close() {}
  }

  @Override
  public List<SnapshotRef> list() {
    synchronized (disk) {
      return disk.complete.entrySet().stream()
          .filter(entry -> isSound(entry.getKey(), entry.getValue()))
          .map(Map.Entry::getKey)
          .sorted(Comparator.comparingLong(SnapshotRef::slot))
          .toList();
    }
  }

  @Override
  public SnapshotRef save(SnapshotRef draft, Content content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      content.writeTo(out);
    } catch (IOException e) {
      throw new StorageFault("the content of " + draft + " could not be written", e);
    }
    byte[] bytes = out.toByteArray();
    SnapshotRef complete =
        new SnapshotRef(
            draft.id(),
            draft.slot(),
            draft.epoch(),
            draft.hash(),
            draft.lastIndex(),
            draft.timeFloorNanos(),
            draft.configuration(),
            bytes.length,
            sha256(bytes));
    synchronized (disk) {
      disk.complete.put(complete, bytes);
    }
    return complete;
  }

  @Override
  public InputStream open(SnapshotRef snapshot) {
    return new ByteArrayInputStream(checked(snapshot).orElseThrow());
  }

  @Override
  public byte[] readChunk(SnapshotRef snapshot, long offset, int bytesMax) {
    byte[] bytes = checked(snapshot).orElse(new byte[0]);
    int from = (int) Math.min(offset, bytes.length);
    return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + bytesMax));
  }

  private Optional<byte[]> checked(SnapshotRef snapshot) {
    synchronized (disk) {
      byte[] bytes = disk.complete.get(snapshot);
      if (bytes != null && !isSound(snapshot, bytes)) {
        throw new StorageFault(snapshot + " is damaged");
      }
      return Optional.ofNullable(bytes);
    }
  }

  @Override
  public long receive(SnapshotRef snapshot, long offset, byte[] bytes) {
    synchronized (disk) {
      byte[] known = offset == 0 ? new byte[0] : disk.partial.get(snapshot.id());
      if (known == null) {
        return disk.complete.containsKey(snapshot) ? snapshot.sizeBytes() : 0;
      }
      if (offset != known.length) {
        return known.length;
      }
      byte[] longer = Arrays.copyOf(known, known.length + bytes.length);
      System.arraycopy(bytes, 0, longer, known.length, bytes.length);
      disk.partial.put(snapshot.id(), longer);
      if (longer.length < snapshot.sizeBytes()) {
        return longer.length;
      }
      disk.partial.remove(snapshot.id());
      if (!isSound(snapshot, longer)) {
        return 0;
      }
      disk.complete.put(snapshot, longer);
      return longer.length;
    }
  }

  @Override
  public void prune(int keep, List<SnapshotRef> pinned) {
    List<SnapshotRef> sound = list();
    synchronized (disk) {
      disk.partial.clear();
      List<SnapshotRef> kept =
          new ArrayList<>(sound.subList(Math.max(0, sound.size() - keep), sound.size()));
      kept.addAll(pinned);
      disk.complete.keySet().retainAll(kept);
    }
  }

  @Override
  public void close() {}

  private static boolean isSound(SnapshotRef snapshot, byte[] bytes) {
    return bytes.length == snapshot.sizeBytes() && Arrays.equals(sha256(bytes), snapshot.sha256());
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
