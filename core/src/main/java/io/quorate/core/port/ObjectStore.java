// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.port;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A store of objects with conditional writes: S3, a folder, a simulated one. Reads see every write
 * that ended before them; {@code Create} and {@code Replace} are atomic for each key. Nothing else
 * is assumed.
 */
public interface ObjectStore extends AutoCloseable {

  /** The store of backends that need none. */
  ObjectStore NONE =
      new ObjectStore() {
        @Override
        public void submit(ObjectRequest request, long timeoutNanos, Listener listener) {
          throw new IllegalStateException("this backend has no object store: " + request.key());
        }

        @Override
        public void close() {}
      };

  /** Takes the answer to one request. */
  interface Listener {
    /** The request ended so; called by any thread, must not block. */
    void onDone(ObjectResult result);
  }

  /**
   * Makes one attempt at the request, and tells how it ended, exactly once, after {@code
   * timeoutNanos} at the latest (a request that has not ended by then is {@code Unclear}, and may
   * still be executed). Never blocks, never throws, never repeats an attempt. Safe for several
   * threads.
   */
  void submit(ObjectRequest request, long timeoutNanos, Listener listener);

  /**
   * Requests so far, by kind and outcome ({@code create.stored}, {@code get.absent}, …), and bytes
   * ({@code bytes.up}, {@code bytes.down}); any thread may ask.
   */
  default SortedMap<String, Long> counters() {
    return new TreeMap<>();
  }

  /** Ends; what is under way is answered as unclear. */
  @Override
  void close();
}
