// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.grpc.EchoDoor;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.proto.CoreStatus;
import io.quorate.grpc.proto.StatusReply;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReportsTest {

  @Test
  void aReportComesBack() {
    ReplicaReport report = new EchoDoor().report();
    ReplicaReport back = Reports.decode(Reports.encode(report));
    assertThat(back).usingRecursiveComparison().isEqualTo(report);
  }

  @ParameterizedTest
  @EnumSource
  void everyRoleComesBackAndALeaderIsNotNeeded(Role role) {
    ReplicaReport full = new EchoDoor().report();
    ReplicaStatus status =
        new ReplicaStatus(NodeId.of("n1"), role, "phase", 1, null, "why", 0, 0, 0, 0, List.of());
    ReplicaReport report =
        new ReplicaReport(
            full.group(), "vsr", status, 0, 0, 0, null, 0, false, "no leader", new TreeMap<>());
    ReplicaReport back = Reports.decode(Reports.encode(report));
    assertThat(back).isEqualTo(report);
  }

  @Test
  void aRoleOfALaterReleaseIsNoneToCountOn() {
    StatusReply reply = Reports.encode(new EchoDoor().report());
    StatusReply later =
        reply.toBuilder().setCore(reply.getCore().toBuilder().setRoleValue(77)).build();
    assertThat(later.getCore().getRole()).isEqualTo(CoreStatus.Role.UNRECOGNIZED);
    assertThat(Reports.decode(later).protocol().role()).isEqualTo(Role.RECOVERING);
  }

  @Test
  void aReportOfAnEarlierReleaseHasNoDetails() throws InvalidProtocolBufferException {
    StatusReply reply = Reports.encode(new EchoDoor().report());
    byte[] earlier =
        reply.toBuilder().setCore(reply.getCore().toBuilder().clearDetails()).build().toByteArray();
    ReplicaReport report = Reports.decode(StatusReply.parseFrom(earlier));
    assertThat(report.protocol().details()).isEmpty();
    assertThat(report.protocol().commitSlot()).isEqualTo(88);
  }

  @Test
  void addressesComeBack() {
    TreeMap<NodeId, Endpoint> members = new TreeMap<>();
    members.put(NodeId.of("a"), new Endpoint("::1", 1));
    members.put(NodeId.of("b"), new Endpoint("host.example", 65_535));
    assertThat(Reports.decode(Reports.encode(members))).isEqualTo(members);
  }
}
