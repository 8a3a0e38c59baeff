// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.counter;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A number that every command, whatever its bytes, raises by one. */
public final class Counter implements StateMachine {
  private long value;

  @Override
  public byte[] apply(byte[] command, ApplyContext context) {
    value++;
    return bytes();
  }

  @Override
  public byte[] query(byte[] query) {
    return bytes();
  }

  @Override
  public SnapshotSource capture() {
    long captured = value;
    return out -> new DataOutputStream(out).writeLong(captured);
  }

  @Override
  public void restore(InputStream in, int version) throws IOException {
    value = new DataInputStream(in).readLong();
  }

  private byte[] bytes() {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
