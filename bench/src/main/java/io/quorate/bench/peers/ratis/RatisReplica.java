// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.ratis;

import io.quorate.bench.compare.CounterMachine;
import io.quorate.bench.compare.Replica;
import java.io.IOException;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;

/** A Ratis server in this process. It counts nothing that could be compared. */
final class RatisReplica implements Replica {
  private final RaftServer server;
  private final RaftGroupId group;
  private final CounterStateMachine machine;

  RatisReplica(RaftServer server, RaftGroupId group, CounterStateMachine machine) {
    this.server = server;
    this.group = group;
    this.machine = machine;
  }

  @Override
  public Status status() {
    try {
      DivisionInfo info = server.getDivision(group).getInfo();
      return new Status(
          info.isLeader() && info.isLeaderReady(),
          info.getCurrentTerm(),
          info.getLastAppliedIndex(),
          new TreeMap<>());
    } catch (IOException e) {
      throw new IllegalStateException("Ratis says nothing of its group: " + e, e);
    }
  }

  @Override
  public byte[] diary() {
    return machine.answer(CounterMachine.diary());
  }

  /**
   * Cuts its connections first, so that it can neither tell its followers nor answer its clients;
   * then stops the rest. Ratis has nothing more abrupt within a process, and waits in both.
   */
  @Override
  public CompletableFuture<Void> abort() {
    return CompletableFuture.runAsync(
        () -> {
          closeQuietly(server.getServerRpc());
          closeQuietly(server);
        },
        task -> Thread.ofPlatform().name("ratis-abort").daemon().start(task));
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      // What is given up need not end well.
    }
  }
}
