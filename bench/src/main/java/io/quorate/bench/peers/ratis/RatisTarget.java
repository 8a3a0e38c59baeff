// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.ratis;

import io.quorate.api.error.Indeterminate;
import io.quorate.bench.compare.Target;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;

/**
 * The load on Ratis through one of its clients, which finds the leader, and repeats calls that the
 * servers recognize as repeated.
 */
final class RatisTarget implements Target {
  private final RaftClient client;

  RatisTarget(RaftClient client) {
    this.client = client;
  }

  @Override
  public void open(int clients) {}

  @Override
  public CompletableFuture<byte[]> write(int client, byte[] command) {
    return answer(this.client.async().send(CounterStateMachine.message(command)));
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query) {
    return readLinearizable(query);
  }

  @Override
  public CompletableFuture<byte[]> readLinearizable(byte[] query) {
    return answer(client.async().sendReadOnlyUnordered(CounterStateMachine.message(query)));
  }

  private static CompletableFuture<byte[]> answer(CompletableFuture<RaftClientReply> reply) {
    return reply.thenApply(each -> {
      Message message = each.getMessage();
      if (!each.isSuccess() || message == null) {
        // Its client gives no call up before the outcome is unclear.
        throw new CompletionException(
            new Indeterminate("Ratis did not say what became of the call"));
      }
      return message.getContent().toByteArray();
    });
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new IllegalStateException("the client of Ratis cannot be closed: " + e, e);
    }
  }
}
