// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import io.quorate.api.ReadConsistency;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes down a history, one event after the other; a microsecond passes between two events. */
final class Histories {
  private final History history = new History();
  private final Map<Integer, Integer> running = new HashMap<>();
  private long nowNanos;

  /** Client calls. */
  Histories call(int client, String function, String key, String... arguments) {
    running.put(client, history.call(client, Call.of(function, key, arguments), tick()));
    return this;
  }

  /** Client reads with a consistency. */
  Histories read(int client, ReadConsistency consistency, String key) {
    running.put(client, history.call(client, Call.of("get", key), consistency, tick()));
    return this;
  }

  /** Client's call is answered. */
  Histories ok(int client, @Nullable String value) {
    return ok(client, value, 0);
  }

  /** Client's call is answered, with an index. */
  Histories ok(int client, @Nullable String value, long index) {
    history.ok(operation(client), value, index, tick());
    return this;
  }

  /** Client's call surely had no effect. */
  Histories fail(int client) {
    history.fail(operation(client), "refused", tick());
    return this;
  }

  /** Nobody knows what became of the client's call. */
  Histories info(int client) {
    history.info(operation(client), "timed out", tick());
    return this;
  }

  /** Call and answer with nothing in between. */
  Histories did(int client, String function, String key, @Nullable String value, String... args) {
    return call(client, function, key, args).ok(client, value);
  }

  /** Time passes. */
  Histories pass(long nanos) {
    nowNanos += nanos;
    return this;
  }

  History done() {
    return history;
  }

  private int operation(int client) {
    Integer id = running.remove(client);
    if (id == null) {
      throw new IllegalStateException("client " + client + " has nothing running");
    }
    return id;
  }

  private long tick() {
    nowNanos += 1000;
    return nowNanos;
  }
}
