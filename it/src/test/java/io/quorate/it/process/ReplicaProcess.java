// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code quorate serve} in a process of its own. */
final class ReplicaProcess implements AutoCloseable {
  private final String node;
  private final ChildJvm jvm;

  private ReplicaProcess(String node, ChildJvm jvm) {
    this.node = node;
    this.jvm = jvm;
  }

  /** Starts a replica; does not wait for it. */
  static ReplicaProcess start(Path config, String node, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("serve", "--config", config.toString(), "--node", node));
    arguments.addAll(List.of(more));
    Path folder = config.toAbsolutePath().getParent();
    return new ReplicaProcess(node, ChildJvm.start(node, folder, arguments));
  }

  /** Waits for the line that says that it is ready, and returns it. */
  String awaitReady() {
    return jvm.awaitLine(line -> line.startsWith(node + " is ready: "));
  }

  /** {@code kill -9}; does not wait for the end. */
  void kill() {
    jvm.kill();
  }

  /** {@code kill}: lets it hand over and drain; does not wait for the end. */
  void terminate() {
    jvm.terminate();
  }

  boolean isAlive() {
    return jvm.isAlive();
  }

  /** Waits for the end; returns the exit code. */
  int awaitExit() {
    return jvm.awaitExit();
  }

  String out() {
    return jvm.out();
  }

  String err() {
    return jvm.err();
  }

  String output() {
    return jvm.output();
  }

  @Override
  public void close() {
    jvm.close();
  }
}
