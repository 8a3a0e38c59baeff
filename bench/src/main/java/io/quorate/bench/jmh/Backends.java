// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.Backend;
import io.quorate.core.protocol.Seat;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.s3.S3Config;
import io.quorate.s3.backend.S3Backend;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.backend.VsrBackend;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** The protocols that benchmarks can choose from, configured for short runs on busy machines. */
final class Backends {
  /** The group of all benchmarks. */
  static final GroupId GROUP = GroupId.of("bench");

  /** Its members. */
  static final List<NodeId> MEMBERS = List.of(NodeId.of("n1"), NodeId.of("n2"), NodeId.of("n3"));

  private Backends() {}

  /** The backend of this name; throws {@link IllegalArgumentException} if there is none. */
  static Backend named(String name) {
    return switch (name) {
      case "raft" -> new RaftBackend(raft());
      case "vsr" -> new VsrBackend(vsr());
      case "s3" -> new S3Backend(s3());
      default -> throw new IllegalArgumentException("no benchmark knows backend " + name);
    };
  }

  /** Raft's defaults, but for patience with a busy machine and a short log: all is in memory. */
  static RaftConfig raft() {
    RaftConfig defaults = RaftConfig.defaults();
    RaftConfig.Pipeline pipeline = defaults.pipeline();
    return defaults
        .with(
            new RaftConfig.Timing(
                Duration.ofMillis(500),
                Duration.ofMillis(1000),
                Duration.ofMillis(50),
                Duration.ofSeconds(10)))
        .with(
            new RaftConfig.Pipeline(
                pipeline.appendBytesMax(),
                pipeline.appendsInFlightMax(),
                pipeline.appendBytesInFlightMax(),
                pipeline.batchesInFlightMax(),
                pipeline.uncommittedBytesMax(),
                4L << 20))
        .with(new RaftConfig.Snapshots(1 << 20, 4L << 20, 1024));
  }

  /** VSR's defaults, with the same patience and window as Raft's. */
  static VsrConfig vsr() {
    VsrConfig defaults = VsrConfig.defaults();
    VsrConfig.Pipeline pipeline = defaults.pipeline();
    return defaults
        .with(
            new VsrConfig.Timing(
                Duration.ofMillis(1000), Duration.ofMillis(50), Duration.ofSeconds(10)))
        .with(
            new VsrConfig.Pipeline(
                pipeline.prepareBytesMax(),
                pipeline.aheadBytesMax(),
                pipeline.batchesInFlightMax(),
                pipeline.uncommittedBytesMax(),
                4L << 20));
  }

  /**
   * The defaults of the S3 backend, but for waiting on purpose: a store in memory costs nothing.
   */
  static S3Config s3() {
    S3Config defaults = S3Config.defaults();
    S3Config.Append append = defaults.append();
    return defaults.with(
        new S3Config.Append(
            append.putsInFlightMax(),
            append.putBytesInFlightMax(),
            append.batchBytesMax(),
            append.batchCommandsMax(),
            Duration.ZERO,
            append.lingerMax(),
            0,
            append.putBurst()));
  }

  /** The seat of one member. */
  static Seat seat(NodeId self) {
    return new Seat(GROUP, self, MEMBERS, new SplittableRandom(MEMBERS.indexOf(self)));
  }
}
