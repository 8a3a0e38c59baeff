// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.statemachine;

/**
 * Turns values into bytes and back. Equal values must give equal bytes on every replica and JVM.
 *
 * @param <T> type of the values
 */
public interface Codec<T> {

  /** Encodes a value. */
  byte[] encode(T value);

  /**
   * Decodes what {@link #encode} gave; throws {@link IllegalArgumentException} on anything else.
   */
  T decode(byte[] bytes);
}
