// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.client;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.core.log.CommandKind;
import io.quorate.core.port.Gateway;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.session.OpenSession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replicas that keep what they are sent and answer as the test says. */
final class FakeReplicas implements GatewayDirectory {

  /** One call that arrived and waits for the test's answer. */
  record Arrived(
      CommandKind kind,
      long session,
      long sequence,
      long acknowledgedBelow,
      String payload,
      Gateway.ReplySink sink,
      long tag) {
    void done(String result) {
      sink.done(tag, 100 + sequence, 1, result.getBytes(StandardCharsets.UTF_8));
    }

    void refuse(RefusalCode code, @Nullable NodeId leader) {
      sink.refused(tag, new Refusal(code, leader, code.name()));
    }

    void opened(long id, long ttlNanos) {
      sink.done(tag, id, 1, OpenSession.encodeResult(id, ttlNanos));
    }
  }

  static final class Fake implements Gateway {
    final List<Arrived> arrived = new ArrayList<>();

    /** Answers everything on the spot when set. */
    @Nullable Refusal refusal;

    @Override
    public void submit(
        CommandKind kind,
        long session,
        long sequence,
        long acknowledgedBelow,
        byte[] payload,
        int offset,
        int payloadBytes,
        ReplySink sink,
        long tag) {
      arrive(
          new Arrived(
              kind,
              session,
              sequence,
              acknowledgedBelow,
              new String(payload, offset, payloadBytes, StandardCharsets.UTF_8),
              sink,
              tag));
    }

    @Override
    public void read(ReadConsistency consistency, byte[] query, ReplySink sink, long tag) {
      arrive(
          new Arrived(
              CommandKind.PLAIN,
              0,
              0,
              0,
              "read " + new String(query, StandardCharsets.UTF_8),
              sink,
              tag));
    }

    @Override
    public void admin(AdminCommand command, ReplySink sink, long tag) {
      throw new AssertionError("not asked for in these tests");
    }

    @Override
    public void flush() {}

    private void arrive(Arrived call) {
      Refusal now = refusal;
      if (now != null) {
        call.sink.refused(call.tag, now);
      } else {
        arrived.add(call);
      }
    }

    /** Takes what has arrived. */
    List<Arrived> take() {
      List<Arrived> all = List.copyOf(arrived);
      arrived.clear();
      return all;
    }

    Arrived takeOne() {
      List<Arrived> all = take();
      if (all.size() != 1) {
        throw new AssertionError("expected one call, got " + all);
      }
      return all.get(0);
    }
  }

  private final Map<NodeId, Fake> fakes = new LinkedHashMap<>();

  FakeReplicas(String... names) {
    for (String name : names) {
      fakes.put(NodeId.of(name), new Fake());
    }
  }

  Fake at(String name) {
    Fake fake = fakes.get(NodeId.of(name));
    if (fake == null) {
      throw new AssertionError("no replica " + name);
    }
    return fake;
  }

  /** Takes what has arrived anywhere. */
  List<Arrived> takeAll() {
    List<Arrived> all = new ArrayList<>();
    fakes.values().forEach(fake -> all.addAll(fake.take()));
    return all;
  }

  @Override
  public List<NodeId> nodes() {
    return List.copyOf(fakes.keySet());
  }

  @Override
  public Gateway gateway(NodeId node) {
    return at(node.value());
  }

  @Override
  public void close() {}
}
