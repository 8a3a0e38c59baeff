// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.core.NodeImpl;
import io.quorate.bench.compare.CounterMachine;
import io.quorate.bench.compare.Replica;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** A SOFAJRaft node in this process. It counts nothing that could be compared. */
final class JraftReplica implements Replica {
  private final RaftGroupService service;
  private final Node node;
  private final CounterStateMachine machine;

  JraftReplica(RaftGroupService service, Node node, CounterStateMachine machine) {
    this.service = service;
    this.node = node;
    this.machine = machine;
  }

  @Override
  public Status status() {
    return new Status(node.isLeader(false), 0, machine.applied(), new TreeMap<>());
  }

  @Override
  public byte[] diary() {
    return machine.answer(CounterMachine.diary());
  }

  /**
   * Cuts its connections first: a leader that is shut down with them open asks a follower to stand
   * for election at once. Then stops the rest, beside whoever calls.
   */
  @Override
  public CompletableFuture<Void> abort() {
    service.getRpcServer().shutdown();
    if (node instanceof NodeImpl raft) {
      raft.getRpcService().shutdown();
    }
    return CompletableFuture.runAsync(
        this::stop, task -> Thread.ofPlatform().name("jraft-abort").daemon().start(task));
  }

  private void stop() {
    try {
      service.shutdown();
    } catch (RejectedExecutionException e) {
      // It could not ask a follower to stand; now that it is no leader, it does not try again.
      service.shutdown();
    }
    try {
      service.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
