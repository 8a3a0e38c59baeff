// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectRequest.Create;
import io.quorate.core.protocol.ObjectRequest.Get;
import io.quorate.core.protocol.ObjectRequest.Put;
import io.quorate.core.protocol.ObjectRequest.Replace;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.ObjectResult.Found;
import io.quorate.core.protocol.ObjectResult.Stored;
import io.quorate.s3.probe.ProbeCalls.Broken;
import io.quorate.s3.probe.ProbeCalls.NoAnswer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What requests at the same time show. A store accuses itself only by what it answered: a writer
 * without a clear answer may or may not have won.
 */
final class RaceChecks {
  /** Bodies of two sizes: the larger ones are longer under way, and overlap more. */
  private static final int LARGE_BYTES = 16_384;

  /** Rounds that are run whatever the time. */
  private static final int ROUNDS_MIN = 10;

  private final ProbeCalls calls;
  private final ProbeOptions options;

  RaceChecks(ProbeCalls calls, ProbeOptions options) {
    this.calls = calls;
    this.options = options;
  }

  /** Rounds of one race, and what was seen in them. */
  private final class Tally {
    private final long startNanos = System.nanoTime();
    private int rounds;
    private int twoWinners;
    private int lost;
    private int undecided;

    boolean more() {
      long spentNanos = System.nanoTime() - startNanos;
      return rounds < options.rounds()
          && (rounds < ROUNDS_MIN || spentNanos < options.raceTime().toNanos());
    }

    /** Judges a round by the answers to its writers and by what is there afterwards. */
    void judge(List<byte[]> bodies, List<ObjectResult> results, byte[] there) {
      rounds++;
      int winner = -1;
      int winners = 0;
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) instanceof Stored) {
          winner = i;
          winners++;
        }
      }
      if (winners > 1) {
        twoWinners++;
      } else if (winners == 0) {
        undecided++;
      } else if (!Arrays.equals(bodies.get(winner), there)) {
        lost++;
      }
    }

    String verdict(String race) throws Broken, NoAnswer {
      if (twoWinners > 0 || lost > 0) {
        throw new Broken(
            ("of %d rounds in which %d writers raced to %s, %d had several winners and in %d the"
                    + " winner's bytes were lost")
                .formatted(rounds, options.writers(), race, twoWinners, lost));
      }
      if (undecided == rounds) {
        throw new NoAnswer("no writer of %d rounds got a clear answer".formatted(rounds));
      }
      return "%d rounds of %d writers".formatted(rounds, options.writers());
    }
  }

  String atomicCreate() throws Broken, NoAnswer {
    Tally tally = new Tally();
    while (tally.more()) {
      String key = calls.key("race-create-" + tally.rounds);
      List<byte[]> bodies = bodies(tally.rounds);
      List<ObjectRequest> requests = new ArrayList<>();
      bodies.forEach(body -> requests.add(new Create(key, body)));
      List<ObjectResult> results = calls.attempts(requests);
      if (results.stream().noneMatch(Stored.class::isInstance)
          && calls.clear(new Get(key, null)) instanceof ObjectResult.Absent) {
        refuseIfRefused(results);
        tally.judge(bodies, results, new byte[0]);
      } else {
        tally.judge(bodies, results, calls.read(key).bytes());
      }
    }
    return tally.verdict("create one key");
  }

  String atomicReplace() throws Broken, NoAnswer {
    String key = calls.key("race-replace");
    calls.settled(new Put(key, ProbeCalls.bytes("before")));
    Tally tally = new Tally();
    while (tally.more()) {
      String etag = calls.read(key).etag();
      List<byte[]> bodies = bodies(tally.rounds);
      List<ObjectRequest> requests = new ArrayList<>();
      bodies.forEach(body -> requests.add(new Replace(key, body, etag)));
      List<ObjectResult> results = calls.attempts(requests);
      refuseIfRefused(results);
      tally.judge(bodies, results, calls.read(key).bytes());
    }
    return tally.verdict("replace one object");
  }

  /** Reads while one writer replaces: of the old or the new content, whole, with its own ETag. */
  String wholeReads() throws Broken, NoAnswer {
    Tally tally = new Tally();
    String key = calls.key("race-read");
    Found before = null;
    while (tally.more()) {
      if (before == null) {
        calls.settled(new Put(key, body(0, 0)));
        before = calls.read(key);
      }
      Put write = new Put(key, body(tally.rounds, 1 + tally.rounds));
      List<ObjectRequest> requests = new ArrayList<>();
      for (int reader = 0; reader < options.writers() / 2; reader++) {
        requests.add(new Get(key, null));
      }
      requests.add(requests.size() / 2, write);
      List<ObjectResult> results = calls.attempts(requests);
      refuseIfRefused(results);
      Found after = calls.read(key);
      for (ObjectResult result : results) {
        requireWhole(result, before, new Found(write.bytes(), after.etag()));
      }
      tally.rounds++;
      before = after;
      if (ProbeCalls.isUnclear(results.get(options.writers() / 4))) {
        // It may yet be executed: the next rounds are run elsewhere.
        key = calls.key("race-read-" + tally.rounds);
        before = null;
      }
    }
    return "%d rounds of %d readers beside a writer".formatted(tally.rounds, options.writers() / 2);
  }

  private static void requireWhole(ObjectResult result, Found before, Found after) throws Broken {
    if (result instanceof ObjectResult.Absent) {
      throw new Broken("an object was absent while it was written over");
    }
    if (!(result instanceof Found found)) {
      return;
    }
    boolean old = Arrays.equals(found.bytes(), before.bytes());
    boolean fresh = Arrays.equals(found.bytes(), after.bytes());
    if (!old && !fresh) {
      throw new Broken("a read beside a write was neither the old nor the new object");
    }
    if (!found.etag().equals((old ? before : after).etag())) {
      throw new Broken("a read beside a write had the bytes of one object, the ETag of another");
    }
  }

  private static void refuseIfRefused(List<ObjectResult> results) throws NoAnswer {
    for (ObjectResult result : results) {
      if (result instanceof ObjectResult.Refused refused) {
        throw new NoAnswer(refused);
      }
    }
  }

  private List<byte[]> bodies(int round) {
    List<byte[]> bodies = new ArrayList<>();
    for (int writer = 0; writer < options.writers(); writer++) {
      bodies.add(body(round, writer));
    }
    return bodies;
  }

  private static byte[] body(int round, int writer) {
    byte[] text = ProbeCalls.bytes("round " + round + " writer " + writer + " ");
    byte[] body = new byte[writer % 2 == 0 ? text.length : LARGE_BYTES + writer];
    for (int i = 0; i < body.length; i++) {
      body[i] = text[i % text.length];
    }
    return body;
  }
}
