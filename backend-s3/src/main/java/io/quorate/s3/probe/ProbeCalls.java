// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Requests of a probe under its own prefix, and which keys they may have left there. */
final class ProbeCalls {
  /** Clear answers are waited for this often; a store that gives none is not there. */
  private static final int ATTEMPTS_MAX = 8;

  private static final int DELETES_AT_ONCE = 64;
  private static final int DELETE_PASSES = 3;

  private final ObjectStore store;
  private final String prefix;
  private final long timeoutNanos;
  private final long timeMaxNanos;
  private final long startNanos = System.nanoTime();
  private final TreeSet<String> written = new TreeSet<>();
  private int turn;

  ProbeCalls(ObjectStore store, String prefix, ProbeOptions options) {
    this.store = store;
    this.prefix = prefix;
    this.timeoutNanos = options.attemptTimeout().toNanos();
    this.timeMaxNanos = options.timeMax().toNanos();
  }

  /** The store gave no answer to build on. */
  static final class NoAnswer extends Exception {
    private final boolean isFinal;

    NoAnswer(String message) {
      this(message, false);
    }

    private NoAnswer(String message, boolean isFinal) {
      super(message);
      this.isFinal = isFinal;
    }

    NoAnswer(ObjectResult result) {
      this(describe(result), result instanceof ObjectResult.Refused);
    }

    /** Whether it is of no use to ask again. */
    boolean isFinal() {
      return isFinal;
    }
  }

  /** From now on the names stand for keys that were not used before. */
  void useFreshKeys() {
    turn++;
  }

  String key(String name) {
    return prefix + turn + "/" + name;
  }

  /** Makes one attempt. */
  ObjectResult attempt(ObjectRequest request) throws NoAnswer {
    return attempts(List.of(request)).get(0);
  }

  /** Makes one attempt at each, all at once, unless the time of the probe is up. */
  List<ObjectResult> attempts(List<ObjectRequest> requests) throws NoAnswer {
    if (System.nanoTime() - startNanos > timeMaxNanos) {
      throw new NoAnswer("the time of the probe was up", true);
    }
    return submitted(requests);
  }

  private List<ObjectResult> submitted(List<ObjectRequest> requests) {
    List<CompletableFuture<ObjectResult>> answers = new ArrayList<>();
    for (ObjectRequest request : requests) {
      if (!(request instanceof ObjectRequest.Get
          || request instanceof ObjectRequest.List
          || request instanceof ObjectRequest.Delete)) {
        written.add(request.key());
      }
      CompletableFuture<ObjectResult> answer = new CompletableFuture<>();
      answers.add(answer);
      store.submit(request, timeoutNanos, answer::complete);
    }
    return answers.stream().map(CompletableFuture::join).toList();
  }

  /**
   * Makes one attempt at a write. If its end is unclear it may be executed at any later time, and
   * nothing can be told from that key any more.
   */
  ObjectResult settled(ObjectRequest write) throws NoAnswer {
    ObjectResult result = attempt(write);
    if (isUnclear(result) || result instanceof ObjectResult.Refused) {
      throw new NoAnswer(result);
    }
    return result;
  }

  /** Tries until the store answers clearly; for requests that do no harm when repeated. */
  ObjectResult clear(ObjectRequest request) throws NoAnswer {
    ObjectResult result = attempt(request);
    for (int attempt = 1; attempt < ATTEMPTS_MAX && isUnclear(result); attempt++) {
      result = attempt(request);
    }
    if (isUnclear(result) || result instanceof ObjectResult.Refused) {
      throw new NoAnswer(result);
    }
    return result;
  }

  /** The object, which was written before. */
  ObjectResult.Found read(String key) throws NoAnswer, Broken {
    ObjectResult result = clear(new ObjectRequest.Get(key, null));
    if (result instanceof ObjectResult.Found found) {
      return found;
    }
    throw new Broken("an object that was written read as " + describe(result));
  }

  /** The store did what it must not do. */
  static final class Broken extends Exception {
    Broken(String message) {
      super(message);
    }
  }

  static boolean isUnclear(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Unclear unclear -> true;
      case ObjectResult.Throttled throttled -> true;
      case ObjectResult.Conflict conflict -> true;
      case ObjectResult.Stored stored -> false;
      case ObjectResult.Deleted deleted -> false;
      case ObjectResult.Found found -> false;
      case ObjectResult.Unchanged unchanged -> false;
      case ObjectResult.Absent absent -> false;
      case ObjectResult.PreconditionFailed failed -> false;
      case ObjectResult.Refused refused -> false;
      case ObjectResult.Listed listed -> false;
    };
  }

  /** An answer, for people. */
  static String describe(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Unclear unclear -> unclear.what();
      case ObjectResult.Refused refused -> refused.what();
      case ObjectResult.Throttled throttled -> "throttled";
      case ObjectResult.Conflict conflict -> "conflict (409)";
      case ObjectResult.Stored stored -> "stored";
      case ObjectResult.Deleted deleted -> "deleted";
      case ObjectResult.Found found -> "found (%d bytes)".formatted(found.bytes().length);
      case ObjectResult.Unchanged unchanged -> "unchanged (304)";
      case ObjectResult.Absent absent -> "absent (404)";
      case ObjectResult.PreconditionFailed failed -> "precondition failed (412)";
      case ObjectResult.Listed listed -> "listed (%d keys)".formatted(listed.items().size());
    };
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Deletes what was written; which keys remain. */
  List<String> tidy() {
    List<String> left = List.copyOf(written);
    for (int pass = 0; pass < DELETE_PASSES && !left.isEmpty(); pass++) {
      left = delete(left);
    }
    return left;
  }

  private List<String> delete(List<String> keys) {
    List<String> left = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += DELETES_AT_ONCE) {
      List<String> some = keys.subList(from, Math.min(keys.size(), from + DELETES_AT_ONCE));
      List<ObjectRequest> deletes = new ArrayList<>();
      some.forEach(key -> deletes.add(new ObjectRequest.Delete(key)));
      List<ObjectResult> results = submitted(deletes);
      for (int i = 0; i < some.size(); i++) {
        if (!(results.get(i) instanceof ObjectResult.Deleted)) {
          left.add(some.get(i));
        }
      }
    }
    return left;
  }
}
