// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.workload;

import io.quorate.api.NodeId;
import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.log.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Registers by number, and the memory of every operation applied: whether one was applied twice
 * shows in the replicated state itself, across snapshots and restarts.
 */
public final class SimKv implements StateMachine {

  /** Sees every change of the state, on every replica. */
  interface Watcher {
    /**
     * A command was applied.
     *
     * @param repeated whether an operation that must take effect once did so before
     */
    void onApplied(
        NodeId node, long index, KvCommand command, KvAnswer answer, long digest, boolean repeated);

    /** The state was replaced by that of a snapshot. */
    void onRestored(NodeId node, long index, long digest);
  }

  private final NodeId node;
  private final Watcher watcher;
  private TreeMap<Integer, Long> values = new TreeMap<>();
  private TreeSet<Long> applied = new TreeSet<>();
  private long lastIndex;
  private long digest;

  /** The empty state on one replica. */
  SimKv(NodeId node, Watcher watcher) {
    this.node = node;
    this.watcher = watcher;
  }

  /** The empty state, for a copy of a replica's that nobody watches. */
  static SimKv unwatched(NodeId node) {
    return new SimKv(
        node,
        new Watcher() {
          @Override
          public void onApplied(
              NodeId at,
              long index,
              KvCommand command,
              KvAnswer answer,
              long digest,
              boolean twice) {}

          @Override
          public void onRestored(NodeId at, long index, long digest) {}
        });
  }

  @Override
  public String name() {
    return "sim-kv";
  }

  @Override
  public byte[] apply(byte[] command, ApplyContext context) {
    KvCommand decoded = KvCommand.decode(command);
    boolean repeated = decoded.once() && !applied.add(decoded.id());
    lastIndex = context.index();
    long random = context.random().nextLong();
    mix(context.index());
    mix(decoded.id());
    mix(context.timeNanos());
    mix(context.epoch());
    mix(random);
    boolean ok = true;
    long before = values.getOrDefault(decoded.key(), 0L);
    long value = before;
    switch (decoded.op()) {
      case PUT -> values.put(decoded.key(), decoded.a());
      case GET, FAIL -> {}
      case CAS -> {
        ok = before == decoded.a();
        if (ok) {
          values.put(decoded.key(), decoded.b());
        }
      }
      case ADD -> {
        value = before + decoded.a();
        values.put(decoded.key(), value);
      }
    }
    mix(values.getOrDefault(decoded.key(), 0L));
    KvAnswer answer = new KvAnswer(ok, value, lastIndex);
    watcher.onApplied(node, lastIndex, decoded, answer, digest, repeated);
    if (decoded.op() == KvCommand.Op.FAIL) {
      throw new IllegalStateException("command " + decoded.id() + " fails on purpose");
    }
    return answer.encode();
  }

  @Override
  public byte[] query(byte[] query) {
    int key = Bytes.getInt(query, 0);
    return new KvAnswer(true, values.getOrDefault(key, 0L), lastIndex).encode();
  }

  static byte[] queryOf(int key) {
    byte[] query = new byte[4];
    Bytes.putInt(query, 0, key);
    return query;
  }

  /** Last command that changed the state. */
  long lastIndex() {
    return lastIndex;
  }

  /** Hash over everything that made the state. */
  long stateDigest() {
    return digest;
  }

  @Override
  public SnapshotSource capture() {
    byte[] state = encode();
    return (OutputStream out) -> out.write(state);
  }

  private byte[] encode() {
    byte[] state = new byte[24 + values.size() * 12 + applied.size() * 8];
    Bytes.putLong(state, 0, lastIndex);
    Bytes.putLong(state, 8, digest);
    Bytes.putInt(state, 16, values.size());
    Bytes.putInt(state, 20, applied.size());
    int at = 24;
    for (var entry : values.entrySet()) {
      Bytes.putInt(state, at, entry.getKey());
      Bytes.putLong(state, at + 4, entry.getValue());
      at += 12;
    }
    for (long id : applied) {
      Bytes.putLong(state, at, id);
      at += 8;
    }
    return state;
  }

  @Override
  public void restore(InputStream in, int version) throws IOException {
    byte[] state = in.readAllBytes();
    lastIndex = Bytes.getLong(state, 0);
    digest = Bytes.getLong(state, 8);
    values = new TreeMap<>();
    applied = new TreeSet<>();
    int at = 24;
    for (int i = Bytes.getInt(state, 16); i > 0; i--) {
      values.put(Bytes.getInt(state, at), Bytes.getLong(state, at + 4));
      at += 12;
    }
    for (int i = Bytes.getInt(state, 20); i > 0; i--) {
      applied.add(Bytes.getLong(state, at));
      at += 8;
    }
    if (at != state.length) {
      throw new IOException("state of " + state.length + " bytes ends at " + at);
    }
    watcher.onRestored(node, lastIndex, digest);
  }

  private void mix(long value) {
    long x = (digest ^ value) * 0x9e3779b97f4a7c15L;
    digest = x ^ (x >>> 31);
  }
}
