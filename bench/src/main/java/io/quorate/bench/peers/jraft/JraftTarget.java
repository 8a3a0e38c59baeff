// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.peers.jraft;

import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import io.quorate.api.error.Indeterminate;
import io.quorate.api.error.Overloaded;
import io.quorate.bench.compare.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The load on SOFAJRaft: calls go to the leader over its own RPC client. A call that was surely not
 * taken, because the replica does not lead or cannot be reached, is sent to another one; a call of
 * which nobody knows is not repeated, since SOFAJRaft has no sessions that would recognize it.
 */
final class JraftTarget implements Target {
  private static final long CALL_MILLIS_MAX = 10_000;
  private static final long PAUSE_MILLIS = 5;

  private final RpcClient client;
  private final List<Endpoint> members;
  private final ScheduledExecutorService retries;

  /** Place in {@code members} of the one that is asked. */
  private volatile int leader;

  JraftTarget(RpcClient client, List<Endpoint> members) {
    this.client = client;
    this.members = members;
    this.retries =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("jraft-retries").daemon().unstarted(task));
  }

  @Override
  public void open(int clients) {}

  @Override
  public CompletableFuture<byte[]> write(int client, byte[] command) {
    return new Call(new Message(Message.WRITE, command)).send();
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query) {
    return readLinearizable(query);
  }

  @Override
  public CompletableFuture<byte[]> readLinearizable(byte[] query) {
    return new Call(new Message(Message.READ, query)).send();
  }

  @Override
  public void close() {
    retries.shutdownNow();
    client.shutdown();
  }

  /** One call until it is answered, unclear, or out of time. */
  private final class Call {
    private final Message message;
    private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    private final long deadlineNanos =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CALL_MILLIS_MAX);

    Call(Message message) {
      this.message = message;
    }

    CompletableFuture<byte[]> send() {
      int asked = leader;
      try {
        client.invokeAsync(
            members.get(asked),
            message,
            (result, failure) -> onEnd(asked, result, failure),
            CALL_MILLIS_MAX);
      } catch (RemotingException e) {
        // No connection: nothing was sent.
        tryAnother(asked, "");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        answer.completeExceptionally(new Indeterminate("interrupted while sending"));
      }
      return answer;
    }

    private void onEnd(int asked, @Nullable Object result, @Nullable Throwable failure) {
      if (!(result instanceof Message response)) {
        leader = other(asked);
        answer.completeExceptionally(
            new Indeterminate("the connection gave no answer: " + failure));
        return;
      }
      switch (response.kind()) {
        case Message.ANSWER -> answer.complete(response.body());
        case Message.NOT_LEADER ->
            tryAnother(asked, new String(response.body(), StandardCharsets.UTF_8));
        case Message.BUSY ->
            answer.completeExceptionally(
                new Overloaded("too many calls", Duration.ofMillis(PAUSE_MILLIS)));
        default ->
            answer.completeExceptionally(
                new Indeterminate(new String(response.body(), StandardCharsets.UTF_8)));
      }
    }

    private void tryAnother(int asked, String hint) {
      if (System.nanoTime() > deadlineNanos) {
        answer.completeExceptionally(
            new Overloaded("no replica took the call", Duration.ofMillis(PAUSE_MILLIS)));
        return;
      }
      int hinted = members.stream().map(Endpoint::toString).toList().indexOf(hint);
      if (hinted >= 0 && hinted != asked) {
        leader = hinted;
        send();
        return;
      }
      leader = other(asked);
      var unused = retries.schedule(this::send, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Whoever finds out first moves on; the others follow. */
    private int other(int asked) {
      int now = leader;
      return now != asked ? now : (asked + 1) % members.size();
    }
  }
}
