// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.api.statemachine;

/**
 * A {@link StateMachine} without byte handling: implement the typed methods, give the codecs.
 *
 * @param <C> commands
 * @param <R> results of commands and queries
 * @param <Q> queries
 */
public interface TypedStateMachine<C, R, Q> extends StateMachine {

  /** Codec of commands. */
  Codec<C> commands();

  /** Codec of results. */
  Codec<R> results();

  /** Codec of queries. */
  Codec<Q> queries();

  /** As {@link StateMachine#apply(byte[], ApplyContext)}. */
  R applyTyped(C command, ApplyContext context);

  /** As {@link StateMachine#query(byte[])}. */
  R queryTyped(Q query);

  @Override
  default byte[] apply(byte[] command, ApplyContext context) {
    return results().encode(applyTyped(commands().decode(command), context));
  }

  @Override
  default byte[] query(byte[] query) {
    return results().encode(queryTyped(queries().decode(query)));
  }
}
