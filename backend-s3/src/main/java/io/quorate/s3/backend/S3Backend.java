// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.backend;

import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import io.quorate.s3.S3Config;
import io.quorate.s3.codec.S3Codec;
import io.quorate.s3.protocol.S3Replica;

/** The S3 backend: makes replicas of one configuration. Safe for several threads. */
public final class S3Backend implements Backend {
  private final S3Config config;
  private final MessageCodec codec = new S3Codec();

  /** A backend whose replicas are configured alike. */
  public S3Backend(S3Config config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public Needs needs() {
    return new Needs(
        true,
        config.append().batchBytesMax(),
        config.append().batchCommandsMax(),
        config.snapshots().everySlots(),
        false);
  }

  @Override
  public ReplicaCore core(Seat seat) {
    return new S3Replica(seat, config);
  }

  @Override
  public byte[] afterLostDisk(int members) throws CannotRecover {
    throw new CannotRecover(
        "backend = s3 needs no recovery: the store is the state, and the data directory only a"
            + " copy of parts of it; just start the replica");
  }

  @Override
  public MessageCodec codec() {
    return codec;
  }
}
