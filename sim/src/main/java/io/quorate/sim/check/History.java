// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import io.quorate.api.ReadConsistency;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of a run did and were told, in the order in which it happened. Safe for several
 * threads: record a call before it is made and its end after it was seen, and the order is one that
 * an outside observer could have noted. An operation whose end is never recorded is indeterminate.
 *
 * <p>Stored as columns: millions of operations fit in memory.
 */
public final class History {
  private static final byte OPEN = 0;
  private static final byte OK = 1;
  private static final byte FAIL = 2;
  private static final byte INFO = 3;

  private final List<Call> calls = new ArrayList<>();
  private final List<@Nullable Object> ends = new ArrayList<>();
  private @Nullable ReadConsistency[] consistencies = new @Nullable ReadConsistency[1024];
  private int[] clients = new int[1024];
  private byte[] outcomes = new byte[1024];
  private long[] calledNanos = new long[1024];
  private long[] endedNanos = new long[1024];
  private long[] indexes = new long[1024];
  private int[] calledAt = new int[1024];
  private int[] endedAt = new int[1024];
  private int[] events = new int[2048];
  private int eventCount;

  /** Records the call of a command, before it is made; returns the operation's id. */
  public int call(int client, Call call, long nowNanos) {
    return call(client, call, null, nowNanos);
  }

  /** Records a call, before it is made; {@code consistency} is null for commands. */
  public synchronized int call(
      int client, Call call, @Nullable ReadConsistency consistency, long nowNanos) {
    int id = calls.size();
    if (id == clients.length) {
      grow();
    }
    calls.add(call);
    ends.add(null);
    clients[id] = client;
    consistencies[id] = consistency;
    calledNanos[id] = nowNanos;
    endedNanos[id] = Long.MAX_VALUE;
    calledAt[id] = eventCount;
    endedAt[id] = Integer.MAX_VALUE;
    addEvent(id << 1);
    return id;
  }

  /**
   * Records an answer, after it was seen.
   *
   * @param value what the model expects as the answer
   * @param index of the command, or of the state that a read saw; 0 if it was not told
   */
  public synchronized void ok(int id, @Nullable String value, long index, long nowNanos) {
    end(id, OK, Answer.of(value), nowNanos);
    indexes[id] = index;
  }

  /** Records that the operation surely took no effect. */
  public synchronized void fail(int id, String why, long nowNanos) {
    end(id, FAIL, why, nowNanos);
  }

  /** Records that the client stopped waiting, and knows nothing. */
  public synchronized void info(int id, String why, long nowNanos) {
    end(id, INFO, why, nowNanos);
  }

  /**
   * Notes where in the log an indeterminate command took effect, for those who know the log. A hint
   * that saves a search; what it claims is checked, never believed.
   */
  public synchronized void hint(int id, long index) {
    if (outcomeOf(id) == Outcome.INFO) {
      indexes[id] = index;
    }
  }

  /** Number of operations. */
  public synchronized int size() {
    return calls.size();
  }

  /** Number of operations that ended so; open ones count as {@link Outcome#INFO}. */
  public synchronized int count(Outcome outcome) {
    int count = 0;
    for (int id = 0; id < calls.size(); id++) {
      if (outcomeOf(id) == outcome) {
        count++;
      }
    }
    return count;
  }

  /** The operation with this id. */
  public synchronized Operation operation(int id) {
    Outcome outcome = outcomeOf(id);
    Object end = ends.get(id);
    return new Operation(
        id,
        clients[id],
        calls.get(id),
        consistencies[id],
        calledAt[id],
        outcome == Outcome.INFO ? Long.MAX_VALUE : endedAt[id],
        calledNanos[id],
        endedNanos[id],
        outcome,
        end instanceof Answer answer ? answer : null,
        indexes[id],
        end instanceof String why ? why : "");
  }

  /** All operations, in the order of their calls. */
  public List<Operation> operations() {
    List<Operation> all = new ArrayList<>(size());
    for (int id = 0; id < size(); id++) {
      all.add(operation(id));
    }
    return all;
  }

  /** The first {@code events} calls and ends of this history: what was known then. */
  public synchronized History prefix(int events) {
    History prefix = new History();
    for (int at = 0; at < Math.min(events, eventCount); at++) {
      copyEvent(at, prefix);
    }
    return prefix;
  }

  /** Number of calls and ends. */
  public synchronized int eventCount() {
    return eventCount;
  }

  /** The event at a position: twice the operation's id, plus one if it is an end. */
  synchronized int event(int position) {
    return events[position];
  }

  /** Writes one JSON object per event, in order. */
  public void dump(Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      dump(out);
    }
  }

  /** Writes one JSON object per event, in order. */
  public synchronized void dump(Writer out) throws IOException {
    for (int at = 0; at < eventCount; at++) {
      int id = events[at] >> 1;
      Object end = ends.get(id);
      StringBuilder line = new StringBuilder(100);
      if ((events[at] & 1) == 0) {
        NdJson.invoke(line, id, clients[id], calls.get(id), consistencies[id], calledNanos[id]);
      } else if (end instanceof Answer answer) {
        NdJson.ok(line, id, answer, indexes[id], endedNanos[id]);
      } else {
        String type = outcomes[id] == FAIL ? "fail" : "info";
        NdJson.ended(line, type, id, String.valueOf(end), endedNanos[id]);
      }
      out.append(line).append('\n');
    }
    for (int id = 0; id < calls.size(); id++) {
      if (outcomeOf(id) == Outcome.INFO && indexes[id] > 0) {
        out.append(NdJson.hint(id, indexes[id])).append('\n');
      }
    }
    out.flush();
  }

  /** Reads what {@link #dump(Path)} wrote. */
  public static History load(Path file) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file)) {
      return load(in);
    }
  }

  /** Reads what {@link #dump(Writer)} wrote. */
  public static History load(Reader in) throws IOException {
    History history = new History();
    BufferedReader lines = new BufferedReader(in);
    String line = lines.readLine();
    while (line != null) {
      if (!line.isBlank()) {
        NdJson.replay(line, history);
      }
      line = lines.readLine();
    }
    return history;
  }

  private void copyEvent(int at, History target) {
    int id = events[at] >> 1;
    if ((events[at] & 1) == 0) {
      target.call(clients[id], calls.get(id), consistencies[id], calledNanos[id]);
      return;
    }
    Object end = ends.get(id);
    if (end instanceof Answer answer) {
      target.ok(id, answer.value(), indexes[id], endedNanos[id]);
    } else if (outcomes[id] == FAIL) {
      target.fail(id, String.valueOf(end), endedNanos[id]);
    } else {
      target.info(id, String.valueOf(end), endedNanos[id]);
    }
  }

  private void end(int id, byte outcome, Object end, long nowNanos) {
    if (outcomes[id] != OPEN) {
      throw new IllegalStateException("operation " + operation(id) + " ended already");
    }
    outcomes[id] = outcome;
    ends.set(id, end);
    endedNanos[id] = nowNanos;
    endedAt[id] = eventCount;
    addEvent(id << 1 | 1);
  }

  private Outcome outcomeOf(int id) {
    return switch (outcomes[id]) {
      case OK -> Outcome.OK;
      case FAIL -> Outcome.FAIL;
      default -> Outcome.INFO;
    };
  }

  private void addEvent(int event) {
    if (eventCount == events.length) {
      events = Arrays.copyOf(events, eventCount * 2);
    }
    events[eventCount] = event;
    eventCount++;
  }

  private void grow() {
    int larger = clients.length * 2;
    clients = Arrays.copyOf(clients, larger);
    outcomes = Arrays.copyOf(outcomes, larger);
    consistencies = Arrays.copyOf(consistencies, larger);
    calledNanos = Arrays.copyOf(calledNanos, larger);
    endedNanos = Arrays.copyOf(endedNanos, larger);
    indexes = Arrays.copyOf(indexes, larger);
    calledAt = Arrays.copyOf(calledAt, larger);
    endedAt = Arrays.copyOf(endedAt, larger);
  }
}
