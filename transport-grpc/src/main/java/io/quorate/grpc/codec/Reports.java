// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import com.google.protobuf.ByteString;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.port.ReplicaReport;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.grpc.Endpoint;
import io.quorate.grpc.proto.CoreStatus;
import io.quorate.grpc.proto.Member;
import io.quorate.grpc.proto.Snapshot;
import io.quorate.grpc.proto.StatusReply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reports and addresses as protobuf messages, both ways. */
public final class Reports {
  private Reports() {}

  /** Encodes a report. */
  public static StatusReply encode(ReplicaReport report) {
    StatusReply.Builder reply =
        StatusReply.newBuilder()
            .setGroup(report.group().value())
            .setBackend(report.backend())
            .setCore(encode(report.protocol()))
            .setAppliedSlot(report.appliedSlot())
            .setAppliedIndex(report.appliedIndex())
            .setLogBytes(report.logBytes())
            .setSessions(report.sessions())
            .setHealthy(report.healthy())
            .setHealth(report.health())
            .putAllCounters(report.counters());
    SnapshotRef snapshot = report.snapshot();
    if (snapshot != null) {
      reply.setSnapshot(encode(snapshot));
    }
    return reply.build();
  }

  /**
   * Decodes a report.
   *
   * @throws IllegalArgumentException a name in it is not one
   */
  public static ReplicaReport decode(StatusReply reply) {
    return new ReplicaReport(
        GroupId.of(reply.getGroup()),
        reply.getBackend(),
        decode(reply.getCore()),
        reply.getAppliedSlot(),
        reply.getAppliedIndex(),
        reply.getLogBytes(),
        reply.hasSnapshot() ? decode(reply.getSnapshot()) : null,
        reply.getSessions(),
        reply.getHealthy(),
        reply.getHealth(),
        Collections.unmodifiableSortedMap(new TreeMap<>(reply.getCountersMap())));
  }

  /** Encodes where replicas listen. */
  public static List<Member> encode(SortedMap<NodeId, Endpoint> members) {
    List<Member> encoded = new ArrayList<>();
    for (Map.Entry<NodeId, Endpoint> member : members.entrySet()) {
      encoded.add(
          Member.newBuilder()
              .setNode(member.getKey().value())
              .setHost(member.getValue().host())
              .setPort(member.getValue().port())
              .build());
    }
    return encoded;
  }

  /**
   * Decodes where replicas listen.
   *
   * @throws IllegalArgumentException a name or address in it is not one
   */
  public static SortedMap<NodeId, Endpoint> decode(List<Member> members) {
    SortedMap<NodeId, Endpoint> decoded = new TreeMap<>();
    for (Member member : members) {
      decoded.put(NodeId.of(member.getNode()), new Endpoint(member.getHost(), member.getPort()));
    }
    return Collections.unmodifiableSortedMap(decoded);
  }

  private static CoreStatus encode(ReplicaStatus status) {
    NodeId leader = status.leader();
    CoreStatus.Builder core =
        CoreStatus.newBuilder()
            .setSelf(status.self().value())
            .setRole(encode(status.role()))
            .setPhase(status.phase())
            .setEpoch(status.epoch())
            .setLeader(leader == null ? "" : leader.value())
            .setRoleReason(status.roleReason())
            .setFirstSlot(status.firstSlot())
            .setLastSlot(status.lastSlot())
            .setDurableSlot(status.durableSlot())
            .setCommitSlot(status.commitSlot())
            .putAllDetails(status.details());
    for (ReplicaStatus.Peer peer : status.peers()) {
      core.addPeers(
          CoreStatus.Peer.newBuilder()
              .setNode(peer.node().value())
              .setMode(peer.mode())
              .setMatchSlot(peer.matchSlot())
              .setSilentNanos(peer.silentNanos()));
    }
    return core.build();
  }

  private static ReplicaStatus decode(CoreStatus core) {
    List<ReplicaStatus.Peer> peers = new ArrayList<>();
    for (CoreStatus.Peer peer : core.getPeersList()) {
      peers.add(
          new ReplicaStatus.Peer(
              NodeId.of(peer.getNode()),
              peer.getMode(),
              peer.getMatchSlot(),
              peer.getSilentNanos()));
    }
    return new ReplicaStatus(
        NodeId.of(core.getSelf()),
        decode(core.getRole()),
        core.getPhase(),
        core.getEpoch(),
        leader(core.getLeader()),
        core.getRoleReason(),
        core.getFirstSlot(),
        core.getLastSlot(),
        core.getDurableSlot(),
        core.getCommitSlot(),
        List.copyOf(peers),
        Collections.unmodifiableSortedMap(new TreeMap<>(core.getDetailsMap())));
  }

  private static @Nullable NodeId leader(String name) {
    return name.isEmpty() ? null : NodeId.of(name);
  }

  private static CoreStatus.Role encode(Role role) {
    return switch (role) {
      case LEADER -> CoreStatus.Role.LEADER;
      case FOLLOWER -> CoreStatus.Role.FOLLOWER;
      case CANDIDATE -> CoreStatus.Role.CANDIDATE;
      case RECOVERING -> CoreStatus.Role.RECOVERING;
      case HALTED -> CoreStatus.Role.HALTED;
    };
  }

  private static Role decode(CoreStatus.Role role) {
    return switch (role) {
      case LEADER -> Role.LEADER;
      case FOLLOWER -> Role.FOLLOWER;
      case CANDIDATE -> Role.CANDIDATE;
      case HALTED -> Role.HALTED;
      // A role of a later release: it can be counted on for nothing.
      case RECOVERING, ROLE_UNSPECIFIED, UNRECOGNIZED -> Role.RECOVERING;
    };
  }

  private static Snapshot encode(SnapshotRef snapshot) {
    byte[] hash = new byte[ChainHash.BYTES];
    snapshot.hash().write(hash, 0);
    return Snapshot.newBuilder()
        .setId(snapshot.id())
        .setSlot(snapshot.slot())
        .setEpoch(snapshot.epoch())
        .setHash(ByteString.copyFrom(hash))
        .setLastIndex(snapshot.lastIndex())
        .setTimeFloorNanos(snapshot.timeFloorNanos())
        .setConfiguration(ByteString.copyFrom(snapshot.configuration()))
        .setSizeBytes(snapshot.sizeBytes())
        .setSha256(ByteString.copyFrom(snapshot.sha256()))
        .build();
  }

  private static SnapshotRef decode(Snapshot snapshot) {
    byte[] hash = snapshot.getHash().toByteArray();
    return new SnapshotRef(
        snapshot.getId(),
        snapshot.getSlot(),
        snapshot.getEpoch(),
        hash.length == ChainHash.BYTES ? ChainHash.read(hash, 0) : ChainHash.ROOT,
        snapshot.getLastIndex(),
        snapshot.getTimeFloorNanos(),
        snapshot.getConfiguration().toByteArray(),
        snapshot.getSizeBytes(),
        snapshot.getSha256().toByteArray());
  }
}
