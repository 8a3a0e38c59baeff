// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A state machine of words: each command is counted under its text, and everything that the context
 * gives goes into a running hash, so that two tallies are equal only if all of that was.
 *
 * <p>{@code throw:m} throws, {@code error} throws an Error, {@code null} returns null, {@code
 * big:n} returns n bytes, {@code context} what the context says; anything else returns its count in
 * decimal.
 */
final class Tally implements StateMachine {
  private final String name;
  private final int version;
  private TreeMap<String, Long> counts = new TreeMap<>();
  private long contexts;
  int restoredVersion;
  int sourcesOpen;

  Tally() {
    this("tally", 1);
  }

  Tally(String name, int version) {
    this.name = name;
    this.version = version;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int version() {
    return version;
  }

  long count(String word) {
    return counts.getOrDefault(word, 0L);
  }

  @Override
  public byte[] apply(byte[] command, ApplyContext context) {
    String text = new String(command, StandardCharsets.UTF_8);
    long count = counts.merge(text, 1L, Long::sum);
    contexts = contexts * 31 + context.index();
    contexts = contexts * 31 + context.epoch();
    contexts = contexts * 31 + context.timeNanos();
    contexts = contexts * 31 + context.random().nextLong();
    if (text.startsWith("throw:")) {
      throw new IllegalStateException(text.substring(6));
    }
    if (text.equals("error")) {
      throw new AssertionError("the disk of the state machine is full");
    }
    if (text.equals("context")) {
      return bytes(context.index() + " " + context.epoch() + " " + context.timeNanos());
    }
    if (text.startsWith("big:")) {
      return new byte[Integer.parseInt(text.substring(4))];
    }
    return text.equals("null") ? nothing() : bytes(Long.toString(count));
  }

  @SuppressWarnings("NullAway") // users' code need not be checked
  private static byte[] nothing() {
    return null;
  }

  @Override
  public byte[] query(byte[] query) {
    String text = new String(query, StandardCharsets.UTF_8);
    if (text.startsWith("throw:")) {
      throw new IllegalStateException(text.substring(6));
    }
    return bytes(Long.toString(count(text)));
  }

  @Override
  public SnapshotSource capture() {
    var captured = new TreeMap<>(counts);
    long capturedContexts = contexts;
    sourcesOpen++;
    return new SnapshotSource() {
      @Override
      public void writeTo(java.io.OutputStream out) throws IOException {
        var data = new DataOutputStream(out);
        data.writeLong(capturedContexts);
        data.writeInt(captured.size());
        for (Map.Entry<String, Long> each : captured.entrySet()) {
          data.writeUTF(each.getKey());
          data.writeLong(each.getValue());
        }
        data.flush();
      }

      @Override
      public void close() {
        sourcesOpen--;
      }
    };
  }

  @Override
  public void restore(InputStream in, int writtenVersion) throws IOException {
    restoredVersion = writtenVersion;
    var data = new DataInputStream(in);
    contexts = data.readLong();
    var restored = new TreeMap<String, Long>();
    for (int left = data.readInt(); left > 0; left--) {
      restored.put(data.readUTF(), data.readLong());
    }
    counts = restored;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tally that && counts.equals(that.counts) && contexts == that.contexts;
  }

  @Override
  public int hashCode() {
    return counts.hashCode();
  }

  @Override
  public String toString() {
    return counts + " " + Long.toHexString(contexts);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
