// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.log.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The least a state machine can do: counts its commands and answers with the count, 8 bytes. */
final class CountingMachine implements StateMachine {
  private long count;

  /** Commands applied so far. */
  long count() {
    return count;
  }

  @Override
  public byte[] apply(byte[] command, ApplyContext context) {
    count++;
    return encoded(count);
  }

  @Override
  public byte[] query(byte[] query) {
    return encoded(count);
  }

  @Override
  public SnapshotSource capture() {
    byte[] captured = encoded(count);
    return out -> out.write(captured);
  }

  @Override
  public void restore(InputStream in, int version) throws IOException {
    byte[] written = in.readAllBytes();
    if (written.length != Long.BYTES) {
      throw new EOFException("a count has 8 bytes, not " + written.length);
    }
    count = Bytes.getLong(written, 0);
  }

  private static byte[] encoded(long value) {
    byte[] bytes = new byte[Long.BYTES];
    Bytes.putLong(bytes, 0, value);
    return bytes;
  }
}
