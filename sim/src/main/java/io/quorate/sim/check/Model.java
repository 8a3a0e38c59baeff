// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import org.jspecify.annotations.Nullable;

/**
 * What one key does when asked one thing at a time: the truth that concurrent histories are
 * compared with. Pure; states are immutable values with {@code equals} and {@code hashCode}.
 *
 * @param <S> state of one key
 */
public interface Model<S> {

  /** For people. */
  String title();

  /** The state of a key that was never touched. */
  S initial();

  /**
   * The state after a call.
   *
   * @param answer what the client was told; null if it was told nothing: then every answer is
   *     possible
   * @return null if in this state the call cannot be answered so
   */
  @Nullable S step(S state, Call call, @Nullable Answer answer);

  /**
   * Whether a call that was answered so never changes a state, whichever it is: reads, and what was
   * refused.
   *
   * @param answer null if the client was told nothing
   */
  boolean isRead(Call call, @Nullable Answer answer);

  /** The value of a key that was never touched, as {@link #touch} names it; null if it has none. */
  default @Nullable String initialValue() {
    return null;
  }

  /**
   * What a call tells about values, for a quick look before the search; null if it may write a
   * value that cannot be told, or if states are not values.
   *
   * @param answer null if the client was told nothing: then what the call would leave if it took
   *     effect
   */
  default @Nullable Touch touch(Call call, @Nullable Answer answer) {
    return null;
  }

  /** A state, for people. */
  default String describe(S state) {
    return String.valueOf(state);
  }
}
