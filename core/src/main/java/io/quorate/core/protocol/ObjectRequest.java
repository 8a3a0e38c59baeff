// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a core asks of an object store; answered by {@link Event.ObjectDone}. Each is one attempt:
 * whoever carries it out never repeats it by itself, since a repeated conditional write would hide
 * whether the first one was executed.
 *
 * <p>Bytes are frozen: nobody writes to them after the request was made.
 */
public sealed interface ObjectRequest {

  /** The key, or for a list the prefix of the keys. */
  String key();

  /**
   * Reads an object whole.
   *
   * @param unlessEtag answer {@link ObjectResult.Unchanged} if this is still its ETag; null: read
   *     in any case
   */
  record Get(String key, @Nullable String unlessEtag) implements ObjectRequest {}

  /** Creates the object if there is none under the key ({@code If-None-Match: *}). */
  record Create(String key, byte[] bytes) implements ObjectRequest {}

  /** Replaces the object if it still has this ETag ({@code If-Match}). */
  record Replace(String key, byte[] bytes, String etag) implements ObjectRequest {}

  /** Writes the object without a condition: only for keys that are never used twice. */
  record Put(String key, byte[] bytes) implements ObjectRequest {}

  /** Deletes the object; absent is fine. */
  record Delete(String key) implements ObjectRequest {}

  /**
   * Lists keys, in no particular order.
   *
   * @param key prefix of the keys
   * @param continuation where an earlier answer ended; null: from the beginning
   */
  record List(String key, @Nullable String continuation) implements ObjectRequest {}
}
