// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.core.log.Bytes;
import io.quorate.sim.check.Call;
import io.quorate.sim.check.History;
import io.quorate.sim.check.Linearizability;
import io.quorate.sim.check.Models;
import io.quorate.sim.check.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a run counts: all calls on a sample of the keys must be linearizable, and the
 * final state must hold every acknowledged write once. The latter is asked of all calls.
 */
final class HistoryCheck {
  /**
   * Beyond this many calls a sample of the keys is searched: enough to find what is systematic.
   * Since clients halve their logs, it may be a quarter of this.
   */
  private static final int CALLS_SEARCHED_MAX = 300_000;

  /** What a client keeps at least, however many clients there are. */
  private static final int CALLS_KEPT_MIN = 64;

  private record Instant(long nanos, boolean end, CallLog calls, int call, int client) {}

  private HistoryCheck() {}

  /** The log of one of the clients, which keeps its share of what will be searched. */
  static CallLog log(CompareOptions options) {
    int share = CALLS_SEARCHED_MAX / options.clients();
    return new CallLog(options.keys(), Math.max(CALLS_KEPT_MIN, share));
  }

  static HistoryVerdict check(CompareOptions options, Workload workload, ContenderGroup group) {
    List<String> problems = new ArrayList<>();
    byte[] diary =
        group
            .target()
            .readLinearizable(CounterMachine.diary())
            .orTimeout(60, TimeUnit.SECONDS)
            .join();
    return verdict(options, workload.clients(), diary, group.statesAgree(), problems);
  }

  /** The verdict on calls and a final state, however they came about. */
  static HistoryVerdict verdict(
      CompareOptions options,
      List<Workload.Client> clients,
      byte[] diary,
      boolean statesAgree,
      List<String> problems) {
    long lost = 0;
    long duplicates = 0;
    int keys = options.keys();
    for (Workload.Client client : clients) {
      CallLog calls = client.calls();
      keys = Math.min(keys, calls.keysKept());
      long acknowledged = calls.writesAcknowledged();
      long possible = calls.writesPossible();
      long applied = Bytes.getLong(diary, client.id() * 24 + 8);
      long repeated = Bytes.getLong(diary, client.id() * 24 + 16);
      lost += Math.max(0, acknowledged - (applied - repeated));
      duplicates += repeated;
      if (applied - repeated > possible) {
        problems.add(
            "client "
                + client.id()
                + ": "
                + (applied - repeated)
                + " writes were applied, only "
                + possible
                + " can have been");
      }
    }
    History history = history(clients, keys, options.conditions().readsAreLinearizable());
    Verdict linearizable = Linearizability.check(history, Models.counter());
    if (!linearizable.passed()) {
      problems.add(linearizable.text());
    }
    if (!statesAgree) {
      problems.add("the replicas do not hold the same state");
    }
    return new HistoryVerdict(
        history.size(), linearizable.passed(), lost, duplicates, statesAgree, problems);
  }

  /**
   * The calls on the first keys, in the order of their begins and ends; without reads if those were
   * allowed to be stale.
   */
  private static History history(List<Workload.Client> clients, int keys, boolean reads) {
    List<Instant> instants = new ArrayList<>();
    for (Workload.Client client : clients) {
      CallLog calls = client.calls();
      for (int call = 0; call < calls.size(); call++) {
        if (calls.key(call) < keys && (reads || !calls.isRead(call))) {
          instants.add(new Instant(calls.begunNanos(call), false, calls, call, client.id()));
          if (calls.how(call) != CallLog.End.OPEN) {
            instants.add(new Instant(calls.endedNanos(call), true, calls, call, client.id()));
          }
        }
      }
    }
    // At equal times begins come first: such calls overlap.
    instants.sort(Comparator.comparingLong(Instant::nanos).thenComparing(Instant::end));
    History history = new History();
    int[][] ids = new int[clients.size()][];
    for (Instant instant : instants) {
      int[] own = idsOf(ids, instant);
      if (!instant.end) {
        own[instant.call] =
            history.call(instant.client, call(instant.calls, instant.call), instant.nanos);
      } else {
        end(history, own[instant.call], instant);
      }
    }
    return history;
  }

  private static int[] idsOf(int[] @Nullable [] ids, Instant instant) {
    int[] own = ids[instant.client];
    if (own == null) {
      own = new int[instant.calls.size()];
      ids[instant.client] = own;
    }
    return own;
  }

  private static void end(History history, int id, Instant instant) {
    switch (instant.calls.how(instant.call)) {
      case ANSWERED ->
          history.ok(id, Long.toString(instant.calls.value(instant.call)), 0, instant.nanos);
      case NOT_APPLIED -> history.fail(id, "not applied", instant.nanos);
      case INDETERMINATE -> history.info(id, "indeterminate", instant.nanos);
      case OPEN -> throw new IllegalStateException("an open call has no end");
    }
  }

  private static Call call(CallLog calls, int call) {
    String key = Integer.toString(calls.key(call));
    return calls.isRead(call) ? Call.of("read", key) : Call.of("add", key, "1");
  }
}
