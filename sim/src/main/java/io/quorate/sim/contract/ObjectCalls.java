// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One store as tests use it: calls that wait, and calls in flight. What is unclear is asked again
 * where that is harmless.
 */
final class ObjectCalls {
  static final long TIMEOUT_NANOS = 20_000_000_000L;
  private static final int ATTEMPTS_MAX = 50;

  private final ObjectBucket bucket;
  private final ObjectStore store;

  ObjectCalls(ObjectBucket bucket, ObjectStore store) {
    this.bucket = bucket;
    this.store = store;
  }

  /** A request under way, and how often it was answered. */
  static final class Call implements ObjectStore.Listener {
    private final AtomicReference<@Nullable ObjectResult> result = new AtomicReference<>();
    private final AtomicInteger answers = new AtomicInteger();

    @Override
    public void onDone(ObjectResult done) {
      result.set(done);
      answers.incrementAndGet();
    }

    boolean done() {
      return answers.get() > 0;
    }

    /** How it ended. */
    ObjectResult result() {
      assertThat(answers.get()).as("answers to one request").isEqualTo(1);
      return Objects.requireNonNull(result.get());
    }
  }

  /** Makes one attempt, and does not wait. */
  Call begin(ObjectRequest request) {
    Call call = new Call();
    store.submit(request, TIMEOUT_NANOS, call);
    return call;
  }

  /** Makes one attempt. */
  ObjectResult attempt(ObjectRequest request) {
    return await(List.of(begin(request))).get(0);
  }

  /** Waits for the answers to all calls. */
  List<ObjectResult> await(List<Call> calls) {
    assertThat(bucket.await(() -> calls.stream().allMatch(Call::done)))
        .as("all requests are answered")
        .isTrue();
    List<ObjectResult> results = new ArrayList<>();
    for (Call call : calls) {
      results.add(call.result());
    }
    return results;
  }

  /** Asks until the answer is clear; for requests that may be repeated. */
  ObjectResult clear(ObjectRequest request) {
    ObjectResult result = attempt(request);
    for (int attempt = 1; attempt < ATTEMPTS_MAX && !isClear(result); attempt++) {
      result = attempt(request);
    }
    return result;
  }

  /** Whether the answer tells what happened. */
  static boolean isClear(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Unclear unclear -> false;
      case ObjectResult.Throttled throttled -> false;
      case ObjectResult.Conflict conflict -> false;
      case ObjectResult.Stored stored -> true;
      case ObjectResult.Deleted deleted -> true;
      case ObjectResult.Found found -> true;
      case ObjectResult.Unchanged unchanged -> true;
      case ObjectResult.Absent absent -> true;
      case ObjectResult.PreconditionFailed failed -> true;
      case ObjectResult.Refused refused -> true;
      case ObjectResult.Listed listed -> true;
    };
  }

  /** The object, which must be there. */
  ObjectResult.Found read(String key) {
    ObjectResult result = clear(new ObjectRequest.Get(key, null));
    assertThat(result).as("read of " + key).isInstanceOf(ObjectResult.Found.class);
    return (ObjectResult.Found) result;
  }

  /** Creates the object; its ETag. */
  String create(String key, byte[] bytes) {
    return stored(new ObjectRequest.Create(key, bytes));
  }

  /** Executes a write that must succeed; the object's ETag afterwards. */
  String stored(ObjectRequest request) {
    ObjectResult result = attempt(request);
    assertThat(result).as("write of " + request.key()).isInstanceOf(ObjectResult.Stored.class);
    return ((ObjectResult.Stored) result).etag();
  }

  /** All keys under a prefix, asked page by page. */
  List<ObjectResult.Item> list(String prefix) {
    List<ObjectResult.Item> items = new ArrayList<>();
    String continuation = null;
    do {
      ObjectResult page = clear(new ObjectRequest.List(prefix, continuation));
      assertThat(page).isInstanceOf(ObjectResult.Listed.class);
      ObjectResult.Listed listed = (ObjectResult.Listed) page;
      items.addAll(listed.items());
      continuation = listed.continuation();
    } while (continuation != null);
    return items;
  }
}
