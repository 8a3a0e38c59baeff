// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Histories as large as real runs make them; the assertion is that an answer is found at all. */
final class LinearizabilityLoadTest {

  @Test
  void manyOperationsOverManyKeys() {
    decide(50_000);
  }

  @Test
  @Tag("slow")
  void aMillionOperationsOverManyKeys() {
    decide(1_000_000);
  }

  private static void decide(int operations) {
    History history = run(1, operations, 1000, 128, 0.001, true);

    Verdict verdict = Linearizability.check(history, Models.keyValue());

    assertThat(verdict.passed()).as(verdict.text()).isTrue();
    assertThat(history.size()).isEqualTo(operations);
  }

  @Test
  void manyClientsOnOneKey() {
    for (int clients : new int[] {64, 256}) {
      for (boolean indexed : new boolean[] {true, false}) {
        History history = run(clients, 5000, 1, clients, 0.002, indexed);
        Verdict verdict = Linearizability.check(history, Models.keyValue());
        assertThat(verdict.passed()).as(verdict.text()).isTrue();
      }
    }
  }

  @Test
  void aWrongReadAmongManyClientsIsFound() {
    History history = run(7, 5000, 1, 64, 0.002, true);
    long now = history.operation(history.size() - 1).calledNanos() + 1_000_000;
    int wrong = history.call(0, Call.of("get", "k0"), now);
    history.ok(wrong, "never written", 0, now + 1);

    Verdict verdict = Linearizability.check(history, Models.keyValue());

    assertThat(verdict).isInstanceOf(Verdict.Violated.class);
    assertThat(verdict.text()).contains("never written");
  }

  /** Clients in closed loops against one copy that answers in the order in which it applies. */
  static History run(
      long seed, int operations, int keys, int clients, double infoShare, boolean indexed) {
    Random random = new Random(seed);
    History history = new History();
    Map<String, Models.Value> state = new HashMap<>();
    List<Integer> waiting = new ArrayList<>();
    List<Object[]> answered = new ArrayList<>();
    Model<Models.Value> model = Models.keyValue();
    int[] free = new int[clients];
    for (int i = 0; i < clients; i++) {
      free[i] = i;
    }
    int freeCount = clients;
    int nextClient = clients;
    long index = 0;
    long now = 0;
    while (history.size() < operations || !waiting.isEmpty() || !answered.isEmpty()) {
      now += 500;
      int dice = random.nextInt(3);
      if (dice == 0 && freeCount > 0 && history.size() < operations) {
        freeCount--;
        waiting.add(history.call(free[freeCount], call(random, keys, history.size()), now));
      } else if (dice == 1 && !waiting.isEmpty()) {
        int id = waiting.remove(/* index */ random.nextInt(waiting.size()));
        Call call = history.operation(id).call();
        Models.Value before = state.getOrDefault(call.key(), Models.Value.ABSENT);
        String answer = answer(call, before);
        Models.Value after = model.step(before, call, Answer.of(answer));
        state.put(call.key(), after);
        index++;
        answered.add(new Object[] {id, answer, index});
      } else if (dice == 2 && !answered.isEmpty()) {
        Object[] first = answered.remove(/* index */ random.nextInt(Math.min(4, answered.size())));
        int id = (Integer) first[0];
        int client = history.operation(id).client();
        if (random.nextDouble() < infoShare) {
          history.info(id, "timed out", now);
          client = nextClient;
          nextClient++;
        } else {
          history.ok(id, (String) first[1], indexed ? (Long) first[2] : 0, now);
        }
        free[freeCount] = client;
        freeCount++;
      }
    }
    return history;
  }

  private static Call call(Random random, int keys, int unique) {
    String key = "k" + random.nextInt(keys);
    return switch (random.nextInt(5)) {
      case 0, 1 -> Call.of("put", key, "v" + unique);
      case 2 -> Call.of("cas", key, "v" + random.nextInt(unique + 1), "v" + unique);
      default -> Call.of("get", key);
    };
  }

  private static String answer(Call call, Models.Value state) {
    return switch (call.function()) {
      case "get" -> state.text();
      case "cas" -> String.valueOf(call.argument(0).equals(state.text()));
      default -> null;
    };
  }
}
