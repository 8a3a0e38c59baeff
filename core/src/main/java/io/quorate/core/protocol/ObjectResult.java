// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import org.jspecify.annotations.Nullable;

/** How an attempt at an {@link ObjectRequest} ended, as far as anybody can know. */
public sealed interface ObjectResult {

  /** A write was executed, between the sending of the request and now. */
  record Stored(String etag) implements ObjectResult {}

  /** A delete was executed, or there was nothing to delete. */
  record Deleted() implements ObjectResult {}

  /** A read found the object. */
  record Found(byte[] bytes, String etag) implements ObjectResult {}

  /** 304: the object still has the ETag that the read named. */
  record Unchanged() implements ObjectResult {}

  /** 404: nothing is there at this instant; of a replacement: nothing was written. */
  record Absent() implements ObjectResult {}

  /**
   * 412: the condition did not hold. Not a verdict: what is there may be an earlier attempt of
   * ours.
   */
  record PreconditionFailed() implements ObjectResult {}

  /** 409: lost a race with another request under way; this attempt wrote nothing. */
  record Conflict() implements ObjectResult {}

  /** 503 SlowDown, 429: the store asks for less load. As unclear as {@link Unclear}. */
  record Throttled() implements ObjectResult {}

  /**
   * 500, a timeout, a lost connection: executed, not executed, or to be executed at any later time.
   *
   * @param what happened, for people
   */
  record Unclear(String what) implements ObjectResult {}

  /**
   * The store will not do this however often it is asked: no permission, no such bucket, a clock
   * that is too far off, a wrong signature.
   *
   * @param what is wrong and what would be right, for people
   */
  record Refused(String what) implements ObjectResult {}

  /** Keys found by a list. */
  record Listed(java.util.List<Item> items, @Nullable String continuation)
      implements ObjectResult {}

  /** One key that a list found. */
  record Item(String key, long sizeBytes) {}
}
