// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

import io.grpc.stub.StreamObserver;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.grpc.codec.RefusalTable;
import io.quorate.grpc.codec.Reports;
import io.quorate.grpc.proto.MembersReply;
import io.quorate.grpc.proto.MembersRequest;
import io.quorate.grpc.proto.ReplicaGrpc;
import io.quorate.grpc.proto.StatusReply;
import io.quorate.grpc.proto.StatusRequest;
import java.util.function.UnaryOperator;

/** Answers operators. */
final class OperatorService extends ReplicaGrpc.ReplicaImplBase {
  private final ServerConfig config;
  private final ClientService clients;
  private final UnaryOperator<ReplicaReport> completed;

  /**
   * Answers for one replica.
   *
   * @param completed adds to a report what the network knows
   */
  OperatorService(
      ServerConfig config, ClientService clients, UnaryOperator<ReplicaReport> completed) {
    this.config = config;
    this.clients = clients;
    this.completed = completed;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusReply> reply) {
    ReplicaDoor door = clients.door();
    if (door == null) {
      reply.onError(
          RefusalTable.status(
              Refusal.of(RefusalCode.NOT_READY, "node " + config.self() + " is starting")));
      return;
    }
    reply.onNext(Reports.encode(completed.apply(door.report())));
    reply.onCompleted();
  }

  @Override
  public void members(MembersRequest request, StreamObserver<MembersReply> reply) {
    reply.onNext(
        MembersReply.newBuilder()
            .setGroup(config.group().value())
            .setNode(config.self().value())
            .addAllMembers(Reports.encode(config.members()))
            .build());
    reply.onCompleted();
  }
}
