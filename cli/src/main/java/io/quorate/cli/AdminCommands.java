// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.api.NodeId;
import io.quorate.cli.StatusCommand.Answer;
import io.quorate.core.port.ReplicaReport;
import io.quorate.node.QuorateClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate admin}: what operators ask of a running group, or of its files. */
@Command(
    name = "admin",
    mixinStandardHelpOptions = true,
    description = "Hands leadership over, takes snapshots, verifies logs.",
    subcommands = {
      AdminCommands.Transfer.class,
      AdminCommands.Snapshot.class,
      InspectCommand.class
    })
final class AdminCommands implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code quorate admin transfer}. */
  @Command(
      name = "transfer",
      mixinStandardHelpOptions = true,
      description = "Lets the leader hand over to another replica, without losing a command.")
  static final class Transfer implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private GroupOptions group;

    @Option(
        names = "--to",
        paramLabel = "<node>",
        description = "Who is to lead; without it the replica that is furthest.")
    private @Nullable String to;

    @Override
    public Integer call() throws Exception {
      try (QuorateClient client = group.connect()) {
        ReplicaReport leader = Answer.leader(Answer.ofAll(client, PATIENCE));
        if (leader == null) {
          throw CommandFailure.failed("no replica that can be reached leads; see quorate status");
        }
        NodeId from = leader.protocol().self();
        Optional<NodeId> target = Optional.ofNullable(to).map(name -> member(client, name));
        if (target.isPresent() && target.get().equals(from)) {
          throw CommandFailure.failed(from + " leads already");
        }
        client
            .transferLeadership(from, target)
            .get(group.timeout().toMillis(), TimeUnit.MILLISECONDS);
        print(spec, from + " has handed leadership over" + target.map(t -> " to " + t).orElse(""));
        return 0;
      }
    }
  }

  /** {@code quorate admin snapshot}. */
  @Command(
      name = "snapshot",
      mixinStandardHelpOptions = true,
      description = "Lets replicas take a snapshot now; the log before it may go.")
  static final class Snapshot implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private GroupOptions group;

    @Option(
        names = "--node",
        paramLabel = "<node>",
        description = "Only this replica; without it all, one after the other.")
    private @Nullable String node;

    @Override
    public Integer call() {
      try (QuorateClient client = group.connect()) {
        List<NodeId> nodes = new ArrayList<>();
        if (node == null) {
          nodes.addAll(client.members().keySet());
        } else {
          nodes.add(member(client, node));
        }
        int failures = 0;
        for (NodeId each : nodes) {
          CompletableFuture<String> done =
              client
                  .takeSnapshot(each)
                  .orTimeout(group.timeout().toMillis(), TimeUnit.MILLISECONDS)
                  .handle((nothing, failure) ->
                      failure == null ? "" : Failures.sentence(Failures.unwrap(failure)));
          String failure = done.join();
          failures += failure.isEmpty() ? 0 : 1;
          print(spec, each + (failure.isEmpty() ? " has a new snapshot" : " failed: " + failure));
        }
        return failures == 0 ? 0 : 1;
      }
    }
  }

  private static NodeId member(QuorateClient client, String name) {
    for (NodeId node : client.members().keySet()) {
      if (node.value().equals(name)) {
        return node;
      }
    }
    List<String> names = client.members().keySet().stream().map(NodeId::value).toList();
    throw CommandFailure.wrongUse(name + " is not one of the members " + String.join(", ", names));
  }

  private static void print(CommandSpec spec, String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
