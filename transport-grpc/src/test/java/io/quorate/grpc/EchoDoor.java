// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Role;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.AdminCommand;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A replica's door whose state machine answers each command with its own bytes. Keeps what it was
 * asked; can be told to refuse, or to keep its answers back.
 */
public final class EchoDoor implements ReplicaDoor {
  /** One command as it arrived. */
  public record Command(
      CommandKind kind, long session, long sequence, long acknowledgedBelow, byte[] payload) {}

  private record Answer(ReplySink sink, long tag, byte[] result) {}

  private final List<Command> commands = new ArrayList<>();
  private final List<ReadConsistency> reads = new ArrayList<>();
  private final List<AdminCommand> admins = new ArrayList<>();
  private final List<Answer> held = new ArrayList<>();
  private final Set<ReplySink> answered = new LinkedHashSet<>();
  private @Nullable Function<Command, @Nullable Refusal> refusals;
  private boolean holding;
  private long index;

  /** Refuses what the function returns a refusal for. */
  public synchronized EchoDoor refuse(Function<Command, @Nullable Refusal> why) {
    refusals = why;
    return this;
  }

  /** Keeps answers back from now on. */
  public synchronized EchoDoor hold() {
    holding = true;
    return this;
  }

  /** Gives the answers that were kept back. */
  public void release() {
    List<Answer> answers;
    synchronized (this) {
      holding = false;
      answers = List.copyOf(held);
      held.clear();
    }
    answers.forEach(a -> a.sink.done(a.tag, 1, 1, a.result));
    answers.forEach(a -> a.sink.flush());
  }

  /** What arrived so far. */
  public synchronized List<Command> commands() {
    return List.copyOf(commands);
  }

  /** How much arrived so far. */
  public synchronized int count() {
    return commands.size();
  }

  /** The reads that arrived so far. */
  public synchronized List<ReadConsistency> reads() {
    return List.copyOf(reads);
  }

  /** The administrative requests that arrived so far. */
  public synchronized List<AdminCommand> admins() {
    return List.copyOf(admins);
  }

  @Override
  public synchronized void submit(
      CommandKind kind,
      long session,
      long sequence,
      long acknowledgedBelow,
      byte[] payload,
      int offset,
      int payloadBytes,
      ReplySink sink,
      long tag) {
    Command command =
        new Command(
            kind,
            session,
            sequence,
            acknowledgedBelow,
            Arrays.copyOfRange(payload, offset, offset + payloadBytes));
    commands.add(command);
    Refusal refusal = refusals == null ? null : refusals.apply(command);
    if (refusal != null) {
      sink.refused(tag, refusal);
      answered.add(sink);
    } else if (holding) {
      held.add(new Answer(sink, tag, command.payload));
    } else {
      sink.done(tag, ++index, 7, command.payload);
      answered.add(sink);
    }
  }

  @Override
  public synchronized void read(
      ReadConsistency consistency, byte[] query, ReplySink sink, long tag) {
    reads.add(consistency);
    if (holding) {
      held.add(new Answer(sink, tag, query));
    } else {
      sink.done(tag, index, 0, query);
      sink.flush();
    }
  }

  @Override
  public synchronized void admin(AdminCommand command, ReplySink sink, long tag) {
    admins.add(command);
    if (command instanceof AdminCommand.TakeSnapshot) {
      sink.refused(tag, Refusal.of(RefusalCode.UNSUPPORTED, "no snapshots here"));
    } else {
      sink.done(tag, 0, 0, new byte[0]);
    }
    sink.flush();
  }

  @Override
  public synchronized void flush() {
    answered.forEach(ReplySink::flush);
    answered.clear();
  }

  @Override
  public ReplicaReport report() {
    NodeId self = NodeId.of("n1");
    TreeMap<String, Long> counters = new TreeMap<>();
    counters.put("commands_applied", 41L);
    return new ReplicaReport(
        GroupId.of("orders"),
        "raft",
        new ReplicaStatus(
            self,
            Role.LEADER,
            "leader",
            3,
            self,
            "won the election of term 3",
            5,
            90,
            89,
            88,
            List.of(new ReplicaStatus.Peer(NodeId.of("n2"), "pipeline", 87, 1_000)),
            new TreeMap<>(Map.of("root_version", "7", "window", "2 of 4 slots"))),
        88,
        1_234,
        1 << 20,
        new SnapshotRef(
            "4-2-ab", 4, 2, new ChainHash(1, 2), 99, 1_000, new byte[] {1}, 77, new byte[32]),
        12,
        true,
        "ok",
        counters);
  }
}
