// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.sim.contract.MemoryObjectStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store that breaks one promise, as stores that are sold do; all others it keeps. */
final class BadStore implements ObjectStore {
  /** The promise that it breaks. */
  enum Flaw {
    NONE,
    CREATE_IS_CHECK_THEN_ACT,
    REPLACE_IS_CHECK_THEN_ACT,
    CREATE_IGNORES_ITS_CONDITION,
    REPLACE_IGNORES_ITS_CONDITION,
    READS_ARE_STALE,
    ABSENCE_IS_REMEMBERED,
    DELETIONS_ARE_SEEN_LATE,
    READS_ARE_TORN,
    ETAGS_ARE_OF_THE_LENGTH,
    READS_IGNORE_THEIR_CONDITION,
    CONDITIONS_ARE_REFUSED,
    EVERYTHING_IS_FORBIDDEN,
    NOTHING_IS_ANSWERED,
    LISTS_ARE_EMPTY,
    DELETIONS_ARE_FORBIDDEN,
    SOME_ANSWERS_ARE_UNCLEAR
  }

  private final Flaw flaw;
  private final MemoryObjectStore store = new MemoryObjectStore.Bucket().open();
  private final ConcurrentHashMap<String, ObjectResult> old = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();

  /** Conditional writes that were checked and not yet executed, and what to do to execute them. */
  private final List<Runnable> checked = new ArrayList<>();

  BadStore(Flaw flaw) {
    this.flaw = flaw;
  }

  @Override
  public void submit(ObjectRequest request, long timeoutNanos, Listener listener) {
    if (isCheckThenAct(request)) {
      checkThenAct(request, listener);
      return;
    }
    executeChecked();
    listener.onDone(answer(request));
  }

  private boolean isCheckThenAct(ObjectRequest request) {
    return request instanceof ObjectRequest.Create && flaw == Flaw.CREATE_IS_CHECK_THEN_ACT
        || request instanceof ObjectRequest.Replace && flaw == Flaw.REPLACE_IS_CHECK_THEN_ACT;
  }

  /** Every other write overlaps the next one: both see the same object before them. */
  private void checkThenAct(ObjectRequest request, Listener listener) {
    ObjectResult there = call(new ObjectRequest.Get(request.key(), null));
    boolean holds =
        switch (request) {
          case ObjectRequest.Create create -> there instanceof ObjectResult.Absent;
          case ObjectRequest.Replace replace ->
              there instanceof ObjectResult.Found found && found.etag().equals(replace.etag());
          case ObjectRequest.Get get -> false;
          case ObjectRequest.Put put -> false;
          case ObjectRequest.Delete delete -> false;
          case ObjectRequest.List list -> false;
        };
    if (!holds) {
      executeChecked();
      listener.onDone(
          there instanceof ObjectResult.Absent ? there : new ObjectResult.PreconditionFailed());
      return;
    }
    Runnable act = () -> listener.onDone(call(new ObjectRequest.Put(request.key(), body(request))));
    if (isRaced(request)) {
      checked.add(act);
      if (checked.size() == 2) {
        executeChecked();
      }
    } else {
      act.run();
    }
  }

  /** One at a time such a store is right, as those that are sold are. */
  private static boolean isRaced(ObjectRequest request) {
    return request.key().contains("race");
  }

  private void executeChecked() {
    List<Runnable> acts = List.copyOf(checked);
    checked.clear();
    acts.forEach(Runnable::run);
  }

  private ObjectResult answer(ObjectRequest request) {
    int number = requests.incrementAndGet();
    return switch (flaw) {
      case NONE, CREATE_IS_CHECK_THEN_ACT, REPLACE_IS_CHECK_THEN_ACT -> call(request);
      case CREATE_IGNORES_ITS_CONDITION ->
          call(request instanceof ObjectRequest.Create ? unconditional(request) : request);
      case REPLACE_IGNORES_ITS_CONDITION ->
          call(request instanceof ObjectRequest.Replace ? unconditional(request) : request);
      case READS_ARE_STALE -> stale(request, false);
      case ABSENCE_IS_REMEMBERED -> stale(request, true);
      case DELETIONS_ARE_SEEN_LATE ->
          request instanceof ObjectRequest.Delete && number % 5 == 0
              ? new ObjectResult.Deleted()
              : call(request);
      case READS_ARE_TORN -> torn(request);
      case ETAGS_ARE_OF_THE_LENGTH -> coarse(call(request));
      case READS_IGNORE_THEIR_CONDITION ->
          call(
              request instanceof ObjectRequest.Get get
                  ? new ObjectRequest.Get(get.key(), null)
                  : request);
      case CONDITIONS_ARE_REFUSED ->
          request instanceof ObjectRequest.Create || request instanceof ObjectRequest.Replace
              ? new ObjectResult.Refused("501 NotImplemented")
              : call(request);
      case EVERYTHING_IS_FORBIDDEN -> new ObjectResult.Refused("it forbids s3:GetObject");
      case NOTHING_IS_ANSWERED -> new ObjectResult.Unclear("nobody answers");
      case DELETIONS_ARE_FORBIDDEN ->
          request instanceof ObjectRequest.Delete
              ? new ObjectResult.Refused("it forbids s3:DeleteObject")
              : call(request);
      case LISTS_ARE_EMPTY ->
          request instanceof ObjectRequest.List
              ? new ObjectResult.Listed(List.of(), null)
              : call(request);
      case SOME_ANSWERS_ARE_UNCLEAR -> {
        if (number % 31 == 0) {
          yield new ObjectResult.Unclear("500 InternalError");
        }
        ObjectResult result = call(request);
        yield number % 37 == 0 ? new ObjectResult.Unclear("500 InternalError") : result;
      }
    };
  }

  /** Now and then a read is answered as the one before it. */
  private ObjectResult stale(ObjectRequest request, boolean absenceOnly) {
    ObjectResult result = call(request);
    if (!(request instanceof ObjectRequest.Get)) {
      return result;
    }
    ObjectResult before = old.put(request.key(), result);
    boolean told = before != null && (!absenceOnly || before instanceof ObjectResult.Absent);
    return told ? before : result;
  }

  /** A read beside a write has the first half of one object and the second of the other. */
  private ObjectResult torn(ObjectRequest request) {
    if (request instanceof ObjectRequest.Put put && isRaced(request)) {
      ObjectResult before = call(new ObjectRequest.Get(put.key(), null));
      if (before instanceof ObjectResult.Found found) {
        old.put(put.key(), found);
      }
      return call(request);
    }
    ObjectResult result = call(request);
    ObjectResult before = old.remove(request.key());
    if (result instanceof ObjectResult.Found now
        && before instanceof ObjectResult.Found then
        && request instanceof ObjectRequest.Get) {
      byte[] mixed = Arrays.copyOf(now.bytes(), now.bytes().length);
      int half = Math.min(now.bytes().length, then.bytes().length) / 2;
      System.arraycopy(then.bytes(), 0, mixed, 0, half);
      return new ObjectResult.Found(mixed, now.etag());
    }
    return result;
  }

  private static ObjectResult coarse(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Found found ->
          new ObjectResult.Found(found.bytes(), "\"" + found.bytes().length + "\"");
      default -> result;
    };
  }

  private static ObjectRequest unconditional(ObjectRequest request) {
    return new ObjectRequest.Put(request.key(), body(request));
  }

  private static byte[] body(ObjectRequest request) {
    return switch (request) {
      case ObjectRequest.Create create -> create.bytes();
      case ObjectRequest.Replace replace -> replace.bytes();
      case ObjectRequest.Put put -> put.bytes();
      case ObjectRequest.Get get -> new byte[0];
      case ObjectRequest.Delete delete -> new byte[0];
      case ObjectRequest.List list -> new byte[0];
    };
  }

  /** Keys that are there. */
  List<String> keys() {
    ObjectResult.Listed listed = (ObjectResult.Listed) call(new ObjectRequest.List("", null));
    return listed.items().stream().map(ObjectResult.Item::key).toList();
  }

  private ObjectResult call(ObjectRequest request) {
    CompletableFuture<@Nullable ObjectResult> result = new CompletableFuture<>();
    store.submit(request, Long.MAX_VALUE, result::complete);
    return result.join();
  }

  @Override
  public void close() {}
}
