// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.Refusal;
import io.quorate.grpc.Channels;
import io.quorate.grpc.ConnectionProblem;
import io.quorate.grpc.ConnectionProblem.Kind;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.HostLookup;
import io.quorate.grpc.TlsFiles;
import io.quorate.grpc.codec.RefusalTable;
import io.quorate.grpc.codec.Reports;
import io.quorate.grpc.proto.MembersReply;
import io.quorate.grpc.proto.MembersRequest;
import io.quorate.grpc.proto.ReplicaGrpc;
import io.quorate.grpc.proto.StatusReply;
import io.quorate.grpc.proto.StatusRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks single questions, each over a connection of its own. Futures complete on an event loop, with
 * {@link ConnectionFailed} if there is no answer within the time given.
 */
public final class GrpcStatusClient {
  private static final int MESSAGE_BYTES_MAX = 16 << 20;

  private final @Nullable TlsFiles tls;

  /**
   * Prepares to ask.
   *
   * @param tls null for plain text
   */
  public GrpcStatusClient(@Nullable TlsFiles tls) {
    this.tls = tls;
  }

  /** How a replica is. */
  public CompletableFuture<ReplicaReport> report(Endpoint endpoint, Duration timeout) {
    return this.<StatusReply, ReplicaReport>ask(
        endpoint,
        timeout,
        (stub, reply) -> stub.status(StatusRequest.getDefaultInstance(), reply),
        Reports::decode);
  }

  /**
   * Who it is, and where all replicas of its group listen; answered while it starts, too, when
   * {@link #report} is not.
   */
  public CompletableFuture<Welcome> members(Endpoint endpoint, Duration timeout) {
    return this.<MembersReply, Welcome>ask(
        endpoint,
        timeout,
        (stub, reply) -> stub.members(MembersRequest.getDefaultInstance(), reply),
        answer ->
            new Welcome(
                GroupId.of(answer.getGroup()),
                NodeId.of(answer.getNode()),
                Reports.decode(answer.getMembersList()),
                0));
  }

  private <R, T> CompletableFuture<T> ask(
      Endpoint endpoint,
      Duration timeout,
      BiConsumer<ReplicaGrpc.ReplicaStub, StreamObserver<R>> question,
      Function<R, T> decode) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    HostLookup.find(
        endpoint,
        0,
        address -> ask(endpoint, address, timeout, question, decode, answer),
        status ->
            answer.completeExceptionally(
                new ConnectionFailed(ConnectionProblem.of(endpoint, status))));
    return answer;
  }

  private <R, T> void ask(
      Endpoint endpoint,
      InetSocketAddress address,
      Duration timeout,
      BiConsumer<ReplicaGrpc.ReplicaStub, StreamObserver<R>> question,
      Function<R, T> decode,
      CompletableFuture<T> answer) {
    ManagedChannel channel = Channels.open(address, tls, MESSAGE_BYTES_MAX);
    question.accept(
        ReplicaGrpc.newStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS),
        new StreamObserver<>() {
          @Override
          public void onNext(R reply) {
            try {
              answer.complete(decode.apply(reply));
            } catch (IllegalArgumentException e) {
              answer.completeExceptionally(
                  new ConnectionFailed(
                      new ConnectionProblem(
                          Kind.OTHER_VERSION,
                          "the answer of " + endpoint + " cannot be read: " + e.getMessage())));
            }
          }

          @Override
          public void onError(Throwable failed) {
            channel.shutdownNow();
            answer.completeExceptionally(failure(endpoint, failed));
          }

          @Override
          public void onCompleted() {
            channel.shutdownNow();
            answer.completeExceptionally( // changes nothing if there was an answer
                new ConnectionFailed(
                    new ConnectionProblem(Kind.UNREACHABLE, endpoint + " answered nothing")));
          }
        });
  }

  private static ConnectionFailed failure(Endpoint endpoint, Throwable cause) {
    if (!(cause instanceof StatusRuntimeException refused)) {
      return new ConnectionFailed(
          new ConnectionProblem(Kind.UNREACHABLE, "no answer from " + endpoint + ": " + cause));
    }
    Refusal written = RefusalTable.written(refused.getStatus(), refused.getTrailers());
    if (written != null) {
      return new ConnectionFailed(
          new ConnectionProblem(Kind.NOT_READY, endpoint + ": " + written.text()));
    }
    return refused.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
        ? new ConnectionFailed(
            new ConnectionProblem(Kind.UNREACHABLE, "no answer from " + endpoint + " in time"))
        : new ConnectionFailed(ConnectionProblem.of(endpoint, refused.getStatus()));
  }
}
