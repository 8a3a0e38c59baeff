// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.samples.kv.KvResult.Change;
import io.quorate.samples.kv.KvStateMachine.Load;
import io.quorate.samples.kv.KvStateMachine.Versioned;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The store as one stream. Equal states give equal bytes.
 *
 * <pre>
 * items   1, key, value, revision; repeated; 0
 * changes how many; revision, key, whether there is a value, value; last revision forgotten
 * loads   how many; name, lines, revision
 * revision
 * </pre>
 *
 * <p>Numbers are big-endian of 8 bytes, counts of 4; texts are UTF-8 with their length in front.
 */
record KvSnapshot(
    FreezableMap.View<Versioned> items,
    List<Change> changes,
    long forgotten,
    TreeMap<String, Load> loads,
    long revision)
    implements SnapshotSource {

  /** What a snapshot held. */
  record Content(
      FreezableMap<Versioned> items,
      List<Change> changes,
      long forgotten,
      TreeMap<String, Load> loads,
      long revision) {}

  @Override
  public void writeTo(OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    Iterator<Map.Entry<String, Versioned>> entries = items.entries();
    while (entries.hasNext()) {
      Map.Entry<String, Versioned> entry = entries.next();
      out.writeByte(1);
      writeText(out, entry.getKey());
      writeText(out, entry.getValue().value());
      out.writeLong(entry.getValue().revision());
    }
    out.writeByte(0);
    out.writeInt(changes.size());
    for (Change change : changes) {
      out.writeLong(change.revision());
      writeText(out, change.key());
      out.writeBoolean(change.value().isPresent());
      if (change.value().isPresent()) {
        writeText(out, change.value().get());
      }
    }
    out.writeLong(forgotten);
    out.writeInt(loads.size());
    for (Map.Entry<String, Load> entry : loads.entrySet()) {
      writeText(out, entry.getKey());
      out.writeLong(entry.getValue().lines());
      out.writeLong(entry.getValue().revision());
    }
    out.writeLong(revision);
    out.flush();
  }

  @Override
  public void close() {
    items.close();
  }

  /** Reads what {@link #writeTo} wrote. */
  static Content read(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    FreezableMap<Versioned> items = new FreezableMap<>();
    while (in.readByte() == 1) {
      items.set(readText(in), new Versioned(readText(in), in.readLong()));
    }
    List<Change> changes = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      long revision = in.readLong();
      String key = readText(in);
      changes.add(
          new Change(
              revision, key, in.readBoolean() ? Optional.of(readText(in)) : Optional.empty()));
    }
    long forgotten = in.readLong();
    TreeMap<String, Load> loads = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      loads.put(readText(in), new Load(in.readLong(), in.readLong()));
    }
    return new Content(items, changes, forgotten, loads, in.readLong());
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] utf8 = in.readNBytes(length);
    if (utf8.length != length) {
      throw new IOException("the snapshot ends within a text");
    }
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
