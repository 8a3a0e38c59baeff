// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.trace;

/** What kind of thing happened; the words stand in listings. */
public enum TraceKind {
  /** A message left a replica. */
  SEND("send"),
  /** A message reached a replica. */
  DELIVER("recv"),
  /** The network lost a message. */
  DROP("lost"),
  /** A change became durable. */
  PERSIST("disk"),
  /** A replica learnt that a slot is committed. */
  COMMIT("commit"),
  /** Role, epoch or leader of a replica changed. */
  ROLE("role"),
  /** A snapshot was taken, sent, received or installed. */
  SNAPSHOT("snap"),
  /** A replica started, crashed, paused, resumed or halted. */
  LIFE("life"),
  /** The schedule did something to the world. */
  FAULT("FAULT"),
  /** A client called. */
  CALL("call"),
  /** A client was answered. */
  REPLY("reply"),
  /** A core had something to tell. */
  NOTE("note"),
  /** An invariant does not hold. */
  VIOLATION("VIOLATION"),
  /** A request to the object store was sent, executed or answered. */
  STORE("store");

  private final String word;

  TraceKind(String word) {
    this.word = word;
  }

  /** The word in listings. */
  public String word() {
    return word;
  }
}
