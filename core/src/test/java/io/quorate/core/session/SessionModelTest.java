// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.SessionOptions.Order;
import io.quorate.core.session.SessionTable.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories against a table that is written down as plainly as the rules: maps, no ring, no
 * copy-on-write. Snapshots are taken and restored on the way; frozen ones must not change.
 */
class SessionModelTest {
  private static final SessionLimits LIMITS = new SessionLimits(12, 9, 4_000, 3_000);
  private static final int STEPS = 20_000;

  /** What a naive implementation remembers of an executed command; null text: a result. */
  private record Executed(
      long index, long epoch, byte[] result, @Nullable String text, boolean dropped) {
    long charge() {
      return dropped ? 0 : text != null ? Window.FAILURE_CHARGE_BYTES : result.length;
    }
  }

  private static final class NaiveSession {
    final OpenSession request;
    final TreeMap<Long, Executed> executed = new TreeMap<>();
    long acknowledgedBelow = 1;
    long highest;
    long lastActive;

    NaiveSession(OpenSession request, long lastActive) {
      this.request = request;
      this.lastActive = lastActive;
    }

    Verdict judge(long sequence, long acknowledged, long now) {
      lastActive = Math.max(lastActive, now);
      acknowledgedBelow = Math.max(acknowledgedBelow, Math.min(acknowledged, sequence));
      executed.headMap(acknowledgedBelow).clear();
      if (sequence < acknowledgedBelow) {
        return Verdict.STALE_SEQUENCE;
      }
      Executed before = executed.get(sequence);
      if (before != null) {
        return before.dropped
            ? Verdict.RESULT_DROPPED
            : before.text != null ? Verdict.REPEATED_FAILURE : Verdict.REPEATED_RESULT;
      }
      if (request.order() == Order.SUBMISSION
          && sequence != highest + 1
          && sequence != acknowledgedBelow) {
        return Verdict.OUT_OF_ORDER;
      }
      return sequence >= acknowledgedBelow + LIMITS.inFlightMax()
          ? Verdict.WINDOW_FULL
          : Verdict.EXECUTE;
    }

    void remember(long sequence, long index, long epoch, byte[] result, @Nullable String text) {
      var entry = new Executed(index, epoch, result, text, false);
      long bytes = executed.values().stream().mapToLong(Executed::charge).sum();
      boolean drop = bytes + entry.charge() > LIMITS.keptBytesMax();
      executed.put(sequence, new Executed(index, epoch, result, text, drop));
      highest = Math.max(highest, sequence);
    }
  }

  private record Frozen(FrozenSessions sessions, List<byte[]> content) {}

  private final TreeMap<Long, NaiveSession> model = new TreeMap<>();
  private final List<Frozen> frozen = new ArrayList<>();
  private SessionTable table = new SessionTable(LIMITS);
  private Random random = new Random(0);
  private long graceNanos;
  private long index;
  private long now = 1_000_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesAsTheRulesSay(long seed) {
    random = new Random(seed);
    long executions = 0;
    for (int step = 0; step < STEPS; step++) {
      index++;
      now += random.nextInt(20);
      int dice = random.nextInt(1_000);
      if (dice < 30) {
        open();
      } else if (dice < 35) {
        long id = anyId();
        assertThat(table.close(id)).isEqualTo(model.remove(id) != null);
      } else if (dice < 50) {
        keepAlive();
      } else if (dice < 60) {
        expire();
      } else if (dice < 63) {
        table.grace(now);
        graceNanos = now;
      } else if (dice < 80) {
        freeze();
      } else if (dice < 90) {
        table = restored(table.freeze());
      } else if (command()) {
        executions++;
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    for (Frozen each : frozen) {
      assertThat(contentOf(each.sessions)).containsExactlyElementsOf(each.content);
    }
    assertThat(executions).isGreaterThan(STEPS / 20);
  }

  private void open() {
    var order = random.nextBoolean() ? Order.SUBMISSION : Order.NONE;
    var request = new OpenSession(new Nonce(random.nextInt(2), random.nextInt(10)), order, 4_000);
    long found = table.open(request, index, 5, now);
    for (var each : model.entrySet()) {
      if (each.getValue().request.nonce().equals(request.nonce())) {
        assertThat(found).isEqualTo(each.getKey());
        each.getValue().lastActive = now;
        return;
      }
    }
    if (model.size() == LIMITS.sessionsMax()) {
      assertThat(found).isZero();
    } else {
      assertThat(found).isEqualTo(index);
      model.put(index, new NaiveSession(request, now));
    }
  }

  private boolean command() {
    long id = anyId();
    NaiveSession session = model.get(id);
    long sequence = 1;
    long acknowledged = 1;
    if (session != null) {
      sequence = session.highest + random.nextInt(8) - 5 + (random.nextInt(4) == 0 ? 6 : 0);
      sequence = random.nextInt(3) == 0 ? sequence : session.highest + 1;
      acknowledged = session.acknowledgedBelow + random.nextInt(7) - 3;
    }
    Verdict verdict = table.begin(id, sequence, acknowledged, now);
    if (session == null) {
      assertThat(verdict).isEqualTo(Verdict.SESSION_EXPIRED);
      return false;
    }
    assertThat(verdict).isEqualTo(session.judge(sequence, acknowledged, now));
    Executed before = session.executed.get(sequence);
    if (verdict == Verdict.EXECUTE) {
      execute(session, sequence);
    } else if (before != null && verdict != Verdict.RESULT_DROPPED) {
      assertThat(table.repeatedIndex()).isEqualTo(before.index);
      assertThat(table.repeatedEpoch()).isEqualTo(before.epoch);
      if (before.text == null) {
        assertThat(table.repeated()).isEqualTo(before.result);
      } else {
        assertThat(table.repeatedText()).isEqualTo(before.text);
      }
    }
    return verdict == Verdict.EXECUTE;
  }

  private void execute(NaiveSession session, long sequence) {
    long epoch = index / 100;
    if (random.nextInt(5) == 0) {
      String text = "failed at " + index;
      table.failed(index, epoch, text);
      session.remember(sequence, index, epoch, new byte[0], text);
    } else {
      byte[] result = new byte[random.nextInt(4) == 0 ? random.nextInt(3_000) : 8];
      random.nextBytes(result);
      table.executed(index, epoch, result);
      session.remember(sequence, index, epoch, result, null);
    }
  }

  private void keepAlive() {
    long[] ids = {anyId(), anyId()};
    long[] unknown = Arrays.stream(ids).filter(id -> !model.containsKey(id)).toArray();
    assertThat(table.keepAlive(ids, now)).isEqualTo(unknown);
    for (long id : ids) {
      NaiveSession session = model.get(id);
      if (session != null) {
        session.lastActive = now;
      }
    }
  }

  private void expire() {
    long cutoff = now - 500 + random.nextInt(700);
    long effective = Math.min(cutoff, now);
    long[] due =
        model.entrySet().stream()
            .filter(e -> deadline(e.getValue()) <= effective)
            .mapToLong(Map.Entry::getKey)
            .toArray();
    assertThat(table.earliestExpiryNanos())
        .isLessThanOrEqualTo(
            model.values().stream().mapToLong(this::deadline).min().orElse(Long.MAX_VALUE));
    assertThat(table.expire(cutoff, now)).isEqualTo(due.length);
    for (long id : due) {
      assertThat(table.has(id)).isFalse();
      model.remove(id);
    }
  }

  private long deadline(NaiveSession session) {
    return Math.max(session.lastActive, graceNanos) + session.request.ttlNanos();
  }

  private void freeze() {
    FrozenSessions now = table.freeze();
    // The content is known from a second table, so that the first stays unread until the end.
    frozen.add(new Frozen(now, contentOf(table.freeze())));
    if (frozen.size() > 20) {
      Frozen oldest = frozen.remove(0);
      assertThat(contentOf(oldest.sessions)).containsExactlyElementsOf(oldest.content);
    }
  }

  private SessionTable restored(FrozenSessions from) {
    SessionTable copy = SessionTable.ofHeader(from.header());
    for (int i = 0; i < from.count(); i++) {
      copy.load(from.session(i));
    }
    assertThat(copy.digest()).isEqualTo(from.digest()).isEqualTo(table.digest());
    assertThat(SessionTable.countOf(from.header())).isEqualTo(model.size());
    return copy;
  }

  private static List<byte[]> contentOf(FrozenSessions sessions) {
    List<byte[]> content = new ArrayList<>();
    content.add(sessions.header());
    for (int i = 0; i < sessions.count(); i++) {
      content.add(sessions.session(i));
    }
    return content;
  }

  private long anyId() {
    if (model.isEmpty() || random.nextInt(50) == 0) {
      return random.nextLong(20) - 2;
    }
    int at = random.nextInt(model.size());
    return model.keySet().stream().skip(at).findFirst().orElseThrow();
  }
}
