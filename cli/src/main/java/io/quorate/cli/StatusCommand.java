// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.node.QuorateClient;
import io.quorate.node.config.Endpoint;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate status}: the replicas of a group, as each sees itself. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows all replicas of a group, those that cannot be reached included.",
    footer = {
      "",
      "LAG counts the log entries that the leader has committed and the replica has not applied.",
      "Requests to an object store are counted over --over; dollars are what Amazon would bill in",
      "an hour of the same load.",
      "Ends with 1 if no replica that can be reached leads."
    })
final class StatusCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Spec private CommandSpec spec;
  @Mixin private GroupOptions group;

  @Option(names = "--json", description = "One JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--over",
      paramLabel = "<time>",
      defaultValue = "1s",
      converter = TimeConverter.class,
      description =
          "How long to watch the load of an object store, if the group has one; 0s: since the start"
              + " of each replica; default ${DEFAULT-VALUE}.")
  private Duration over;

  @Override
  public Integer call() throws InterruptedException {
    try (QuorateClient client = group.connect()) {
      Duration patience = group.timeout().compareTo(PATIENCE) < 0 ? group.timeout() : PATIENCE;
      SortedMap<NodeId, Answer> answers = Answer.ofAll(client, patience);
      SortedMap<NodeId, ObjectLoad> loads = new TreeMap<>();
      if (answers.values().stream().anyMatch(Answer::usesObjects)) {
        SortedMap<NodeId, Answer> earlier = over.isZero() ? new TreeMap<>() : answers;
        if (!over.isZero()) {
          Thread.sleep(over.toMillis());
          answers = Answer.ofAll(client, patience);
        }
        loads.putAll(loads(earlier, answers));
      }
      @Nullable ReplicaReport leader = Answer.leader(answers);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(json(answers, client.members(), leader, loads));
        out.flush();
      } else {
        table(answers, client.members(), leader).print(out);
        printDetails(answers, loads, out);
      }
      return leader == null ? 1 : 0;
    }
  }

  private static SortedMap<NodeId, ObjectLoad> loads(
      SortedMap<NodeId, Answer> earlier, SortedMap<NodeId, Answer> later) {
    SortedMap<NodeId, ObjectLoad> loads = new TreeMap<>();
    later.forEach((node, answer) -> {
      ReplicaReport report = answer.report();
      Answer before = earlier.get(node);
      ReplicaReport first = before == null ? null : before.report();
      if (report != null && answer.usesObjects()) {
        ObjectLoad.between(first == null ? null : first.counters(), report.counters())
            .ifPresent(load -> loads.put(node, load));
      }
    });
    return loads;
  }

  /** What only the backend knows of its replicas: below the table, since each has other words. */
  private static void printDetails(
      SortedMap<NodeId, Answer> answers, SortedMap<NodeId, ObjectLoad> loads, PrintWriter out) {
    answers.forEach((node, answer) -> {
      ReplicaReport report = answer.report();
      if (report == null) {
        return;
      }
      List<String> words = new ArrayList<>();
      report
          .protocol()
          .details()
          .forEach((name, value) -> words.add(name.replace('_', ' ') + ": " + value));
      ObjectLoad load = loads.get(node);
      if (load != null) {
        words.add(load.sentence());
      }
      if (!words.isEmpty()) {
        out.println(node + "  " + String.join("; ", words));
      }
    });
    out.flush();
  }

  private static Table table(
      SortedMap<NodeId, Answer> answers,
      SortedMap<NodeId, Endpoint> members,
      @Nullable ReplicaReport leader) {
    Table table =
        new Table(
            "NODE",
            "ADDRESS",
            "ROLE",
            "EPOCH",
            "LEADER",
            "COMMIT",
            "APPLIED",
            "LAG",
            "LOG",
            "SNAPSHOT",
            "SESSIONS",
            "HEALTH");
    for (Map.Entry<NodeId, Answer> entry : answers.entrySet()) {
      String node = entry.getKey().value();
      String address = String.valueOf(members.get(entry.getKey()));
      ReplicaReport report = entry.getValue().report();
      if (report == null) {
        table.add(
            node,
            address,
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "unreachable: " + entry.getValue().failure());
        continue;
      }
      ReplicaStatus status = report.protocol();
      SnapshotRef snapshot = report.snapshot();
      table.add(
          node,
          address,
          Words.role(status.role()),
          Long.toString(status.epoch()),
          status.leader() == null ? "-" : status.leader().value(),
          Long.toString(status.commitSlot()),
          Long.toString(report.appliedSlot()),
          lag(report, leader),
          Words.bytes(report.logBytes()),
          snapshot == null ? "-" : "at " + snapshot.slot(),
          Integer.toString(report.sessions()),
          report.health() + " (" + status.roleReason() + ")");
    }
    return table;
  }

  private static String lag(ReplicaReport report, @Nullable ReplicaReport leader) {
    return leader == null ? "?" : Long.toString(lagSlots(report, leader));
  }

  private static long lagSlots(ReplicaReport report, ReplicaReport leader) {
    return Math.max(0, leader.protocol().commitSlot() - report.appliedSlot());
  }

  private static ObjectNode json(
      SortedMap<NodeId, Answer> answers,
      SortedMap<NodeId, Endpoint> members,
      @Nullable ReplicaReport leader,
      SortedMap<NodeId, ObjectLoad> loads) {
    ObjectNode object = Json.object();
    object.put("leader", leader == null ? null : leader.protocol().self().value());
    ArrayNode replicas = object.putArray("replicas");
    answers.forEach((node, answer) -> {
      ObjectNode replica = replicas.addObject();
      replica.put("node", node.value());
      replica.put("address", String.valueOf(members.get(node)));
      ReplicaReport report = answer.report();
      replica.put("reachable", report != null);
      if (report == null) {
        replica.put("why", answer.failure());
      } else {
        fill(replica, report, leader);
        ObjectLoad load = loads.get(node);
        if (load != null) {
          load.write(replica.putObject("load"));
        }
      }
    });
    return object;
  }

  private static void fill(
      ObjectNode replica, ReplicaReport report, @Nullable ReplicaReport leader) {
    ReplicaStatus status = report.protocol();
    NodeId known = status.leader();
    SnapshotRef snapshot = report.snapshot();
    replica.put("group", report.group().value());
    replica.put("backend", report.backend());
    replica.put("role", Words.role(status.role()));
    replica.put("phase", status.phase());
    replica.put("epoch", status.epoch());
    replica.put("leader", known == null ? null : known.value());
    replica.put("reason", status.roleReason());
    replica.put("first_slot", status.firstSlot());
    replica.put("last_slot", status.lastSlot());
    replica.put("durable_slot", status.durableSlot());
    replica.put("commit_slot", status.commitSlot());
    replica.put("applied_slot", report.appliedSlot());
    replica.put("applied_index", report.appliedIndex());
    if (leader != null) {
      replica.put("lag_slots", lagSlots(report, leader));
    }
    replica.put("log_bytes", report.logBytes());
    if (snapshot != null) {
      replica.putObject("snapshot").put("slot", snapshot.slot()).put("bytes", snapshot.sizeBytes());
    }
    replica.put("sessions", report.sessions());
    replica.put("healthy", report.healthy());
    replica.put("health", report.health());
    ObjectNode details = replica.putObject("details");
    status.details().forEach(details::put);
    ObjectNode counters = replica.putObject("counters");
    report.counters().forEach(counters::put);
    ArrayNode peers = replica.putArray("peers");
    for (ReplicaStatus.Peer peer : status.peers()) {
      peers
          .addObject()
          .put("node", peer.node().value())
          .put("mode", peer.mode())
          .put("match_slot", peer.matchSlot())
          .put("silent_ms", peer.silentNanos() / 1_000_000);
    }
  }

  /** What one replica said, or why it said nothing. */
  record Answer(@Nullable ReplicaReport report, String failure) {

    /** Whether the replica has asked an object store for anything. */
    boolean usesObjects() {
      ReplicaReport answered = report;
      return answered != null && ObjectLoad.isIn(answered.counters());
    }

    /** Asks all members at the same time. */
    static SortedMap<NodeId, Answer> ofAll(QuorateClient client, Duration patience) {
      SortedMap<NodeId, CompletableFuture<Answer>> asked = new TreeMap<>();
      for (NodeId node : client.members().keySet()) {
        asked.put(
            node,
            client
                .report(node, patience)
                .handle((report, failure) ->
                    failure == null
                        ? new Answer(report, "")
                        : new Answer(null, Failures.sentence(Failures.unwrap(failure)))));
      }
      SortedMap<NodeId, Answer> answers = new TreeMap<>();
      asked.forEach((node, answer) -> answers.put(node, answer.join()));
      return answers;
    }

    /** The leader with the highest epoch among those that answered; null if there is none. */
    static @Nullable ReplicaReport leader(SortedMap<NodeId, Answer> answers) {
      ReplicaReport leader = null;
      for (Answer answer : answers.values()) {
        ReplicaReport report = answer.report();
        if (report != null
            && report.protocol().role() == Role.LEADER
            && (leader == null || report.protocol().epoch() > leader.protocol().epoch())) {
          leader = report;
        }
      }
      return leader;
    }
  }
}
