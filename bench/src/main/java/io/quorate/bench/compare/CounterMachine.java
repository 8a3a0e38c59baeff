// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.log.Bytes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The state machine of the comparison: counters by key, and a diary of what each client's commands
 * did, so that lost and repeated commands show in the state itself.
 *
 * <p>A command is {@code client (4 bytes), key (4), number (8)} and padding; its answer is the new
 * value of the key's counter, 8 bytes. The numbers of one client ascend, but a command of which
 * nobody knew may take effect after its successors: of each client the last 64 numbers are
 * remembered, and a command is a duplicate if its number is among them, or older.
 */
public final class CounterMachine implements StateMachine {
  /** Bytes of a command before its padding. */
  public static final int COMMAND_BYTES = 16;

  private static final int CLIENT_BYTES = 24;

  private final long[] values;
  private final long[] lastNumbers;
  private final long[] recent;
  private final long[] counts;
  private final long[] duplicates;

  /** Counters for these many keys and clients. */
  public CounterMachine(int keys, int clients) {
    values = new long[keys];
    lastNumbers = new long[clients];
    recent = new long[clients];
    counts = new long[clients];
    duplicates = new long[clients];
  }

  /** Encodes a command, padded to {@code bytes}. */
  static byte[] command(int client, int key, long number, int bytes) {
    byte[] command = new byte[Math.max(COMMAND_BYTES, bytes)];
    Bytes.putInt(command, 0, client);
    Bytes.putInt(command, 4, key);
    Bytes.putLong(command, 8, number);
    return command;
  }

  /** Asks for the value of one key: 8 bytes. */
  static byte[] valueOf(int key) {
    byte[] query = new byte[4];
    Bytes.putInt(query, 0, key);
    return query;
  }

  /** Asks for the diary: for each client last number, count and duplicates, 8 bytes each. */
  public static byte[] diary() {
    return new byte[0];
  }

  @Override
  public String name() {
    return "quorate-compare-counters";
  }

  @Override
  public byte[] apply(byte[] command, ApplyContext context) {
    return apply(command);
  }

  /** The same, for those who have no context to give. */
  public byte[] apply(byte[] command) {
    int client = Bytes.getInt(command, 0);
    int key = Bytes.getInt(command, 4);
    long number = Bytes.getLong(command, 8);
    if (isRepeated(client, number)) {
      duplicates[client]++;
    }
    counts[client]++;
    values[key]++;
    byte[] answer = new byte[8];
    Bytes.putLong(answer, 0, values[key]);
    return answer;
  }

  /** Notes the number; bit n of {@code recent} stands for the client's last number minus n. */
  private boolean isRepeated(int client, long number) {
    long ahead = number - lastNumbers[client];
    if (ahead > 0) {
      recent[client] = ahead >= Long.SIZE ? 1 : recent[client] << ahead | 1;
      lastNumbers[client] = number;
      return false;
    }
    if (-ahead >= Long.SIZE) {
      return true;
    }
    long bit = 1L << -ahead;
    boolean seen = (recent[client] & bit) != 0;
    recent[client] |= bit;
    return seen;
  }

  @Override
  public byte[] query(byte[] query) {
    if (query.length == 4) {
      byte[] answer = new byte[8];
      Bytes.putLong(answer, 0, values[Bytes.getInt(query, 0)]);
      return answer;
    }
    byte[] answer = new byte[counts.length * CLIENT_BYTES];
    for (int client = 0; client < counts.length; client++) {
      Bytes.putLong(answer, client * CLIENT_BYTES, lastNumbers[client]);
      Bytes.putLong(answer, client * CLIENT_BYTES + 8, counts[client]);
      Bytes.putLong(answer, client * CLIENT_BYTES + 16, duplicates[client]);
    }
    return answer;
  }

  @Override
  public SnapshotSource capture() {
    long[][] view = {
      values.clone(), lastNumbers.clone(), recent.clone(), counts.clone(), duplicates.clone()
    };
    return out -> {
      DataOutputStream data = new DataOutputStream(out);
      for (long[] numbers : view) {
        data.writeInt(numbers.length);
        for (long number : numbers) {
          data.writeLong(number);
        }
      }
      data.flush();
    };
  }

  @Override
  public void restore(InputStream in, int version) throws IOException {
    DataInputStream data = new DataInputStream(in);
    for (long[] numbers : new long[][] {values, lastNumbers, recent, counts, duplicates}) {
      int length = data.readInt();
      if (length != numbers.length) {
        throw new IOException(
            "snapshot has " + length + " numbers where this run has " + numbers.length);
      }
      for (int i = 0; i < length; i++) {
        numbers[i] = data.readLong();
      }
    }
  }
}
