// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.samples.kv.KvStateMachine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate serve}: one replica of the key-value service as a process. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs one replica of the key-value service until SIGTERM or SIGINT.",
    footer = {
      "",
      "Prints one line on standard output when it is ready to serve. Role changes and faults are"
          + " logged to standard error (QUORATE_OPTS=-Dquorate.log=DEBUG for more).",
      "Ends with 0 after SIGTERM, with 1 if the replica stopped itself because of a fault, with 2"
          + " if it cannot start with this configuration, port or data directory."
    })
final class ServeCommand implements Callable<Integer> {
  private static final long FIRST_LOOK_MILLIS = 10;
  private static final long WATCH_MILLIS = 500;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "<file>",
      description = "Configuration of the group (HOCON).")
  private Path config;

  @Option(
      names = "--node",
      required = true,
      paramLabel = "<name>",
      description = "Which of the members to be.")
  private String node;

  @Option(
      names = "--set",
      paramLabel = "<key=value>",
      description = "Setting that wins over the file, such as raft.pre-vote=false; repeatable.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--print-config",
      description = "Print all settings in force, defaults included, and end.")
  private boolean printConfig;

  @Override
  public Integer call() throws InterruptedException {
    QuorateConfig effective = QuorateConfig.load(config, nodeId(), overrides);
    PrintWriter out = spec.commandLine().getOut();
    if (printConfig) {
      out.print(effective.effective());
      out.flush();
      return 0;
    }
    if (System.getProperty("quorate.log") == null) {
      System.setProperty("quorate.log", "INFO"); // read when the first logger is made
    }
    QuorateNode replica = QuorateNode.start(effective, new KvStateMachine());
    CountDownLatch ending = new CountDownLatch(1);
    AtomicBoolean failed = new AtomicBoolean();
    Thread hook = new Thread(() -> stop(replica, ending, failed), "quorate-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    String fault = watch(replica, ending, out);
    if (fault != null) {
      failed.set(true);
      throw CommandFailure.failed(effective.node() + " stopped itself: " + fault);
    }
    hook.join();
    return 0;
  }

  private NodeId nodeId() {
    try {
      return NodeId.of(node);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.wrongUse("--node: " + e.getMessage());
    }
  }

  /** Says when it is ready; returns why the replica halted, or null when it is to end. */
  private @Nullable String watch(QuorateNode replica, CountDownLatch ending, PrintWriter out)
      throws InterruptedException {
    long started = System.nanoTime();
    boolean ready = false;
    boolean complained = false;
    do {
      ReplicaReport report = replica.status();
      ReplicaStatus status = report.protocol();
      if (status.role() == Role.HALTED) {
        return status.roleReason();
      }
      if (!ready && status.leader() != null) {
        ready = true;
        out.println(readyLine(replica.config(), report));
        out.flush();
      } else if (!ready && !complained && System.nanoTime() - started > PATIENCE_NANOS) {
        complained = true;
        PrintWriter err = spec.commandLine().getErr();
        err.println(waiting(status, replica.config().members().size()));
        err.flush();
      }
    } while (!ending.await(ready ? WATCH_MILLIS : FIRST_LOOK_MILLIS, TimeUnit.MILLISECONDS));
    return null;
  }

  private static String waiting(ReplicaStatus status, int members) {
    if (status.role() == Role.RECOVERING) {
      return status.self()
          + " takes part in nothing until it is mended: "
          + status.roleReason()
          + (members == 1 ? "; nobody else has it: see quorate admin inspect" : "");
    }
    return status.self() + " has no leader yet and waits for a majority: " + status.roleReason();
  }

  private static String readyLine(QuorateConfig config, ReplicaReport report) {
    ReplicaStatus status = report.protocol();
    return String.format(
        "%s is ready: %s in epoch %d, leader %s, group %s (%s), listening at %s, data in %s",
        config.node(),
        Words.role(status.role()),
        status.epoch(),
        status.leader(),
        config.group(),
        config.backend(),
        config.members().get(config.node()),
        config.dataDirectory());
  }

  /** On the thread of the signal: drains, then ends the process with 0 instead of the signal's. */
  private void stop(QuorateNode replica, CountDownLatch ending, AtomicBoolean failed) {
    ending.countDown();
    try {
      replica.close();
    } catch (RuntimeException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("quorate: " + replica.config().node() + ": " + Failures.sentence(e));
      err.flush();
      Runtime.getRuntime().halt(1);
    }
    if (!failed.get()) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(replica.config().node() + " has stopped");
      out.flush();
      Runtime.getRuntime().halt(0);
    }
  }
}
