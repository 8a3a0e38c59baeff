// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.ratis;

import io.quorate.bench.compare.CounterMachine;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** The counters behind Ratis. Its updater applies one entry at a time; queries come from others. */
final class CounterStateMachine extends BaseStateMachine {
  private final CounterMachine counters;

  CounterStateMachine(CounterMachine counters) {
    this.counters = counters;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    byte[] command = entry.getStateMachineLogEntry().getLogData().toByteArray();
    byte[] answer;
    synchronized (counters) {
      answer = counters.apply(command);
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    }
    return CompletableFuture.completedFuture(message(answer));
  }

  @Override
  public CompletableFuture<Message> query(Message request) {
    return CompletableFuture.completedFuture(message(answer(request.getContent().toByteArray())));
  }

  byte[] answer(byte[] query) {
    synchronized (counters) {
      return counters.query(query);
    }
  }

  static Message message(byte[] bytes) {
    ByteString content = UnsafeByteOperations.unsafeWrap(bytes);
    return Message.valueOf(content);
  }
}
