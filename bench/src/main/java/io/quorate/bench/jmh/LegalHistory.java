// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.sim.check.Call;
import io.quorate.sim.check.History;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Histories of clients in closed loops against one copy: each operation takes effect at a random
 * instant between its call and its end, so there is always an order that explains all answers.
 */
final class LegalHistory {
  private static final long STEP_NANOS = 1000;

  private record Running(int id, int client, Call call) {}

  private record Ended(int id, int client, @Nullable String answer, long index) {}

  private final SplittableRandom random = new SplittableRandom(11);
  private final History history = new History();
  private final Map<String, String> state = new HashMap<>();
  private final ArrayDeque<Integer> idle = new ArrayDeque<>();
  private final List<Running> running = new ArrayList<>();
  private final List<Ended> applied = new ArrayList<>();
  private final int keys;
  private final boolean indexed;
  private long nowNanos;
  private long index;

  private LegalHistory(int keys, int clients, boolean indexed) {
    this.keys = keys;
    this.indexed = indexed;
    for (int client = 0; client < clients; client++) {
      idle.add(client);
    }
  }

  /**
   * A key-value history in which all clients are busy all the time.
   *
   * @param indexed whether answers carry the index of the command, as those of a group do
   */
  static History of(int operations, int keys, int clients, boolean indexed) {
    LegalHistory made = new LegalHistory(keys, clients, indexed);
    while (made.history.size() < operations || !made.isQuiet()) {
      made.step(operations);
    }
    return made.history;
  }

  private boolean isQuiet() {
    return running.isEmpty() && applied.isEmpty();
  }

  private void step(int operations) {
    nowNanos += STEP_NANOS;
    if (!idle.isEmpty() && history.size() < operations) {
      int client = idle.remove();
      Call call = nextCall();
      running.add(new Running(history.call(client, call, nowNanos), client, call));
    } else if (!running.isEmpty() && (applied.isEmpty() || random.nextBoolean())) {
      apply(running.remove(random.nextInt(running.size())));
    } else {
      Ended ended = applied.remove(random.nextInt(applied.size()));
      history.ok(ended.id, ended.answer, indexed ? ended.index : 0, nowNanos);
      idle.add(ended.client);
    }
  }

  private Call nextCall() {
    String key = "k" + random.nextInt(keys);
    int unique = history.size();
    return switch (random.nextInt(4)) {
      case 0, 1 -> Call.of("get", key);
      case 2 -> Call.of("cas", key, state.getOrDefault(key, "none"), "v" + unique);
      default -> Call.of("put", key, "v" + unique);
    };
  }

  private void apply(Running next) {
    Call call = next.call;
    String before = state.get(call.key());
    String answer = null;
    switch (call.function()) {
      case "get" -> answer = before;
      case "cas" -> {
        boolean matches = call.argument(0).equals(before);
        answer = Boolean.toString(matches);
        if (matches) {
          state.put(call.key(), call.argument(1));
        }
      }
      default -> state.put(call.key(), call.argument(0));
    }
    index++;
    applied.add(new Ended(next.id, next.client, answer, index));
  }
}
