// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes histories by running clients against one copy: each operation takes effect at a random
 * instant between its call and its end, so the history is linearizable, unless answers are
 * falsified afterwards.
 */
final class RandomHistories {
  private final Random random;

  RandomHistories(long seed) {
    random = new Random(seed);
  }

  /** What a client may do in a history. */
  interface Calls {
    Call next(Random random, int client);
  }

  private static final class Pending {
    private final int id;
    private final Call call;
    private boolean done;
    private @Nullable String answer;

    private Pending(int id, Call call) {
      this.id = id;
      this.call = call;
    }
  }

  /**
   * Runs clients.
   *
   * @param infoShare share of operations whose clients give up
   * @param lieShare share of answers that are replaced by another one seen before
   */
  <S> History run(
      Model<S> model, Calls calls, int clients, int operations, double infoShare, double lieShare) {
    History history = new History();
    List<Pending> running = new ArrayList<>();
    List<Pending> lost = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    S state = model.initial();
    int called = 0;
    long now = 0;
    while (called < operations || !running.isEmpty()) {
      now += 1000;
      if (running.size() < clients && called < operations && random.nextInt(3) != 0) {
        Call call = calls.next(random, running.size());
        running.add(new Pending(history.call(called % clients, call, now), call));
        called++;
        continue;
      }
      if (running.isEmpty()) {
        continue;
      }
      boolean late = !lost.isEmpty() && random.nextInt(8) == 0;
      Pending pending = pick(late ? lost : running);
      if (!pending.done) {
        String answer = answer(model, state, pending.call);
        state = Objects.requireNonNull(model.step(state, pending.call, Answer.of(answer)));
        pending.answer = answer;
        pending.done = true;
        continue;
      }
      if (late) {
        continue;
      }
      running.remove(pending);
      if (random.nextDouble() < infoShare) {
        history.info(pending.id, "gave up", now);
        continue;
      }
      String answer = pending.answer;
      if (!seen.isEmpty() && random.nextDouble() < lieShare) {
        answer = seen.get(random.nextInt(seen.size()));
      }
      seen.add(answer);
      history.ok(pending.id, answer, 0, now);
    }
    return history;
  }

  private Pending pick(List<Pending> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** Asks the model by trying the answers that could be. */
  private static <S> @Nullable String answer(Model<S> model, S state, Call call) {
    for (String value : new String[] {"true", "false", "held", "error"}) {
      if (tells(call, value) && model.step(state, call, Answer.of(value)) != null) {
        return value;
      }
    }
    String described = model.describe(state);
    for (int client = 0; client < 10; client++) {
      if (call.function().equals("holder")
          && model.step(state, call, Answer.of("c" + client)) != null) {
        return "c" + client;
      }
    }
    String list = described.replaceAll("[\\[\\],]", "");
    for (String value : new String[] {described, list}) {
      if (model.isRead(call, null) && model.step(state, call, Answer.of(value)) != null) {
        return value;
      }
    }
    for (long number = -1; number < 100; number++) {
      boolean numeric = call.function().equals("incr") || call.function().equals("acquire");
      if (numeric && model.step(state, call, Answer.of("" + number)) != null) {
        return "" + number;
      }
    }
    return null;
  }

  private static boolean tells(Call call, String value) {
    return switch (call.function()) {
      case "cas", "delete", "release", "create" -> value.equals("true") || value.equals("false");
      case "acquire" -> value.equals("held");
      case "incr" -> value.equals("error");
      default -> false;
    };
  }
}
