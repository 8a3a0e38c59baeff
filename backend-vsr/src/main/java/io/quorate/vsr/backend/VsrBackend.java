// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.backend;

import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.codec.VsrCodec;
import io.quorate.vsr.protocol.VsrReplica;
import io.quorate.vsr.protocol.group.Quorums;
import io.quorate.vsr.protocol.log.Superblock;

/** The VSR backend: makes replicas of one configuration. Safe for several threads. */
public final class VsrBackend implements Backend {
  private final VsrConfig config;
  private final MessageCodec codec = new VsrCodec();

  /** A backend whose replicas are configured alike. */
  public VsrBackend(VsrConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "vsr";
  }

  @Override
  public ReplicaCore core(Seat seat) {
    return new VsrReplica(seat, config);
  }

  @Override
  public Needs needs() {
    return Needs.CHECKPOINTS;
  }

  @Override
  public boolean repairs() {
    return true;
  }

  @Override
  public byte[] afterLostDisk(int members) throws CannotRecover {
    int needed =
        Quorums.of(
                members,
                config.safeguards().replicationQuorum(),
                config.safeguards().viewChangeQuorum())
            .viewChange();
    if (needed > members - 1) {
      throw new CannotRecover(
          "the recovery of a lost disk needs "
              + needed
              + " healthy other replicas, and a group of "
              + members
              + " has "
              + (members - 1)
              + ": restore a copy of the data directories of all members");
    }
    return Superblock.LOST.encode();
  }

  @Override
  public MessageCodec codec() {
    return codec;
  }
}
