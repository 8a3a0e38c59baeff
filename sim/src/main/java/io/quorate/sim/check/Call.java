// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.List;

/**
 * What a client asked for.
 *
 * @param function what to do, such as {@code "put"}; the models say which they know
 * @param key what it concerns; calls on different keys do not influence each other
 * @param arguments in the order that the model states
 */
public record Call(String function, String key, List<String> arguments) {

  /** Freezes the arguments. */
  public Call {
    arguments = List.copyOf(arguments);
  }

  /** Returns a call with these arguments. */
  public static Call of(String function, String key, String... arguments) {
    return new Call(function, key, List.of(arguments));
  }

  /** The argument at this place, from 0. */
  public String argument(int place) {
    return arguments.get(place);
  }

  /** The call without its key, for people. */
  public String text() {
    return arguments.isEmpty() ? function : function + " " + String.join(" ", arguments);
  }

  @Override
  public String toString() {
    return function + " " + key + (arguments.isEmpty() ? "" : " " + String.join(" ", arguments));
  }
}
