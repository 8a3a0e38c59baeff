// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.disk;

import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.SnapshotStore;
import io.quorate.sim.disk.SimDisk.StoredSnapshot;
import io.quorate.sim.world.CrashSwitch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The snapshots of one running replica on its {@link SimDisk}. */
public final class SimSnapshotStore implements SnapshotStore {
  private final SimDisk disk;
  private final CrashSwitch crash;

  /** The snapshots as one incarnation of a replica opens them. */
  public SimSnapshotStore(SimDisk disk, CrashSwitch crash) {
    this.disk = disk;
    this.crash = crash;
  }

  @Override
  public List<SnapshotRef> list() {
    List<SnapshotRef> found = new ArrayList<>();
    for (StoredSnapshot stored : disk.snapshots()) {
      if (!stored.damaged) {
        found.add(stored.ref);
      }
    }
    return found;
  }

  @Override
  public SnapshotRef save(SnapshotRef draft, Content content) {
    crash.call("save " + draft.id());
    if (disk.isFull()) {
      throw new StorageFault("simulated: no space left on device");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    disk.addSnapshot(new StoredSnapshot(complete, bytes));
    crash.call("saved " + draft.id());
    return complete;
  }

  @Override
  public InputStream open(SnapshotRef snapshot) {
    StoredSnapshot stored = find(snapshot);
    if (stored == null) {
      throw new StorageFault(snapshot + " is not there");
    }
    return stored.damaged
        ? new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException(snapshot + " is damaged");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        }
        : new ByteArrayInputStream(stored.content);
  }

  @Override
  public byte[] readChunk(SnapshotRef snapshot, long offset, int bytesMax) {
    StoredSnapshot stored = find(snapshot);
    if (stored == null || offset >= stored.content.length) {
      return new byte[0];
    }
    if (stored.damaged) {
      throw new StorageFault(snapshot + " is damaged");
    }
    int end = (int) Math.min(stored.content.length, offset + bytesMax);
    return Arrays.copyOfRange(stored.content, (int) offset, end);
  }

  @Override
  public long receive(SnapshotRef snapshot, long offset, byte[] bytes) {
    crash.call("receive " + snapshot.id());
    if (disk.isFull()) {
      throw new StorageFault("simulated: no space left on device");
    }
    StoredSnapshot whole = find(snapshot);
    if (whole != null && !whole.damaged) {
      return snapshot.sizeBytes();
    }
    SnapshotRef receiving = disk.receiving();
    boolean same = receiving != null && receiving.equals(snapshot);
    byte[] had = same && offset > 0 ? disk.received() : new byte[0];
    if (offset != had.length) {
      return same ? disk.received().length : 0;
    }
    byte[] now = Arrays.copyOf(had, had.length + bytes.length);
    System.arraycopy(bytes, 0, now, had.length, bytes.length);
    if (now.length < snapshot.sizeBytes()) {
      disk.receive(snapshot, now);
      return now.length;
    }
    disk.receive(null, new byte[0]);
    if (now.length > snapshot.sizeBytes() || !Arrays.equals(sha256(now), snapshot.sha256())) {
      return 0;
    }
    disk.addSnapshot(new StoredSnapshot(snapshot, now));
    return now.length;
  }

  @Override
  public void prune(int keep, List<SnapshotRef> pinned) {
    List<StoredSnapshot> stored = disk.snapshots();
    int surplus = list().size() - keep;
    for (int i = 0; i < stored.size() && surplus > 0; ) {
      StoredSnapshot oldest = stored.get(i);
      if (!oldest.damaged) {
        surplus--;
      }
      if (!oldest.damaged && pinned.contains(oldest.ref)) {
        i++;
      } else {
        stored.remove(i);
      }
    }
    disk.receive(null, new byte[0]);
  }

  @Override
  public void close() {}

  private @Nullable StoredSnapshot find(SnapshotRef snapshot) {
    for (StoredSnapshot stored : disk.snapshots()) {
      if (stored.ref.equals(snapshot)) {
        return stored;
      }
    }
    return null;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
