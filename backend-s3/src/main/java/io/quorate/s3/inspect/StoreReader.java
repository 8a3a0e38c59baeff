// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.inspect;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads objects and lists keys; blocks until the store has answered. Never writes. */
final class StoreReader {
  private static final int ATTEMPTS_MAX = 8;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ObjectStore store;

  StoreReader(ObjectStore store) {
    this.store = store;
  }

  /** The object; null if there is none. */
  byte @Nullable [] get(String key) throws StoreUnreadable {
    return getAll(List.of(key)).get(0);
  }

  /** The objects, read all at once; null where there is none. */
  List<byte @Nullable []> getAll(List<String> keys) throws StoreUnreadable {
    List<CompletableFuture<ObjectResult>> asked = new ArrayList<>();
    for (String key : keys) {
      asked.add(ask(new ObjectRequest.Get(key, null)));
    }
    List<byte @Nullable []> objects = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      ObjectResult result = clear(new ObjectRequest.Get(keys.get(i), null), asked.get(i).join());
      objects.add(result instanceof ObjectResult.Found found ? found.bytes() : null);
    }
    return objects;
  }

  /** All keys that begin so. */
  List<ObjectResult.Item> list(String prefix) throws StoreUnreadable {
    List<ObjectResult.Item> items = new ArrayList<>();
    String continuation = null;
    do {
      ObjectRequest request = new ObjectRequest.List(prefix, continuation);
      ObjectResult result = clear(request, ask(request).join());
      if (!(result instanceof ObjectResult.Listed listed)) {
        throw new StoreUnreadable("the list of " + prefix + " was answered with " + result);
      }
      items.addAll(listed.items());
      continuation = listed.continuation();
    } while (continuation != null);
    return items;
  }

  private CompletableFuture<ObjectResult> ask(ObjectRequest request) {
    CompletableFuture<ObjectResult> answer = new CompletableFuture<>();
    store.submit(request, TIMEOUT.toNanos(), answer::complete);
    return answer;
  }

  private ObjectResult clear(ObjectRequest request, ObjectResult first) throws StoreUnreadable {
    ObjectResult result = first;
    for (int attempt = 1; attempt < ATTEMPTS_MAX && isUnclear(result); attempt++) {
      result = ask(request).join();
    }
    if (result instanceof ObjectResult.Refused refused) {
      throw new StoreUnreadable("the store refuses " + request.key() + ": " + refused.what());
    }
    if (isUnclear(result)) {
      throw new StoreUnreadable("no clear answer about " + request.key() + ": " + result);
    }
    return result;
  }

  private static boolean isUnclear(ObjectResult result) {
    return result instanceof ObjectResult.Unclear
        || result instanceof ObjectResult.Throttled
        || result instanceof ObjectResult.Conflict;
  }
}
