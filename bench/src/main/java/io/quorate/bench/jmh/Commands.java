// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.jmh;

import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.CommandKind;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.Slab;

/** The commands of all benchmarks: 256 bytes, in a session, each acknowledging all before it. */
final class Commands {
  /** Bytes of one command. */
  static final int BYTES = 256;

  /** Bytes of one command in a slab. */
  static final int RECORD_BYTES = Slab.RECORD_HEADER_BYTES + BYTES;

  private static final int SESSION_AT = 8;
  private static final int SEQUENCE_AT = 16;
  private static final int ACKNOWLEDGED_AT = 24;

  private Commands() {}

  /** A command's bytes. */
  static byte[] payload() {
    byte[] payload = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      payload[i] = (byte) (i * 31);
    }
    return payload;
  }

  /** A slab of {@code count} commands of session 1 with room for a header: not sealed yet. */
  static byte[] frame(int count, long firstSequence) {
    byte[] payload = payload();
    Slab.Writer slab = new Slab.Writer(count * RECORD_BYTES);
    for (int i = 0; i < count; i++) {
      long sequence = firstSequence + i;
      slab.append(CommandKind.SESSION, 1, sequence, sequence, payload, 0, BYTES);
    }
    return slab.frame();
  }

  /** Turns the command at {@code ordinal} of an unsealed frame into another one. */
  static void renumber(byte[] frame, int ordinal, long session, long sequence) {
    int record = Entry.HEADER_BYTES + ordinal * RECORD_BYTES;
    Bytes.putLong(frame, record + SESSION_AT, session);
    Bytes.putLong(frame, record + SEQUENCE_AT, sequence);
    Bytes.putLong(frame, record + ACKNOWLEDGED_AT, sequence);
  }

  /** A log of {@code entries} entries with {@code commands} commands each, from slot 1, epoch 1. */
  static Entry[] chain(int entries, int commands) {
    Entry[] chain = new Entry[entries];
    ChainHash parent = ChainHash.ROOT;
    long index = 1;
    for (int i = 0; i < entries; i++) {
      chain[i] =
          Entry.seal(
              frame(commands, index), EntryKind.COMMANDS, i + 1, 1, index, commands, index, parent);
      parent = chain[i].hash();
      index += commands;
    }
    return chain;
  }
}
