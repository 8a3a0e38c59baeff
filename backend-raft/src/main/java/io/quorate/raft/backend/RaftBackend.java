// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.backend;

import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.codec.RaftCodec;
import io.quorate.raft.protocol.RaftReplica;

/** The Raft backend: makes replicas of one configuration. Safe for several threads. */
public final class RaftBackend implements Backend {
  private final RaftConfig config;
  private final MessageCodec codec = new RaftCodec();

  /** A backend whose replicas are configured alike. */
  public RaftBackend(RaftConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "raft";
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
  public ReplicaCore core(Seat seat) {
    return new RaftReplica(seat, config);
  }

  @Override
  public byte[] afterLostDisk(int members) throws CannotRecover {
    throw new CannotRecover(
        "backend = raft cannot bring back a replica whose disk is lost: it may have voted, and"
            + " Raft has no way to learn what it voted; restore a copy of its data directory, or"
            + " replace the member by a new one");
  }

  @Override
  public MessageCodec codec() {
    return codec;
  }
}
