// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.port.ObjectCounters;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.Arrays;

/** One request on its way: sent by one incarnation of a replica, executed and answered later. */
public final class SimRequest {
  private static final byte[] NOTHING = {};

  private final long id;
  private final NodeId node;
  private final int incarnation;
  private final ObjectRequest request;
  private final ObjectStore.Listener listener;
  private final int fingerprint;
  private boolean executed;
  private boolean answered;

  SimRequest(
      long id, NodeId node, int incarnation, ObjectRequest request, ObjectStore.Listener listener) {
    this.id = id;
    this.node = node;
    this.incarnation = incarnation;
    this.request = request;
    this.listener = listener;
    this.fingerprint = Arrays.hashCode(bytes());
  }

  /** Ordinal among all requests of the run. */
  public long id() {
    return id;
  }

  /** Who sent it. */
  public NodeId node() {
    return node;
  }

  /** Which life of the sender's machine, from 1. */
  public int incarnation() {
    return incarnation;
  }

  /** What is asked. */
  public ObjectRequest request() {
    return request;
  }

  /** Its key. */
  public String key() {
    return request.key();
  }

  /** The bytes to be stored; empty if none are. */
  public byte[] bytes() {
    return switch (request) {
      case ObjectRequest.Create create -> create.bytes();
      case ObjectRequest.Replace replace -> replace.bytes();
      case ObjectRequest.Put put -> put.bytes();
      case ObjectRequest.Get get -> NOTHING;
      case ObjectRequest.Delete delete -> NOTHING;
      case ObjectRequest.List list -> NOTHING;
    };
  }

  /** The word for what is asked, as scripts and counters have it. */
  public String word() {
    return ObjectCounters.kind(request);
  }

  /** Whether it may change what is stored. */
  public boolean mutates() {
    return switch (request) {
      case ObjectRequest.Create create -> true;
      case ObjectRequest.Replace replace -> true;
      case ObjectRequest.Put put -> true;
      case ObjectRequest.Delete delete -> true;
      case ObjectRequest.Get get -> false;
      case ObjectRequest.List list -> false;
    };
  }

  /** Whether it was executed. */
  public boolean executed() {
    return executed;
  }

  /** Whether its sender no longer waits for an answer. */
  public boolean answered() {
    return answered;
  }

  void execute() {
    Check.that(!executed, "request %s is executed twice", id);
    executed = true;
    Check.that(
        fingerprint == Arrays.hashCode(bytes()),
        "the bytes of request %s were changed after it was sent",
        id);
  }

  /** Whoever answers first is heard; true if this answer is it. */
  boolean takeAnswer() {
    boolean first = !answered;
    answered = true;
    return first;
  }

  void tell(ObjectResult result) {
    listener.onDone(result);
  }

  @Override
  public String toString() {
    return word() + " " + key();
  }
}
