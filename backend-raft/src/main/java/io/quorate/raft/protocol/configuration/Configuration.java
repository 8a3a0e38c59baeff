// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.configuration;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The members of the group at one point of the log. Every question about majorities is asked here,
 * so that a configuration with two of them (dissertation §4.3) would change no caller.
 *
 * <pre>
 * encoded: 1 byte format (1), 4 bytes number of voters, then each as 1 byte length and UTF-8
 * </pre>
 *
 * @param voters ascending, at least one
 */
public record Configuration(List<NodeId> voters) {
  private static final byte FORMAT = 1;

  /** Refuses an empty or unordered group. */
  public Configuration {
    Check.that(!voters.isEmpty(), "a configuration needs a voter");
    for (int i = 1; i < voters.size(); i++) {
      Check.that(
          voters.get(i - 1).compareTo(voters.get(i)) < 0,
          "voters %s and %s are not ascending",
          voters.get(i - 1),
          voters.get(i));
    }
  }

  /** Returns the configuration in which all of these vote. */
  public static Configuration ofVoters(List<NodeId> members) {
    List<NodeId> sorted = new ArrayList<>(members);
    sorted.sort(null);
    return new Configuration(List.copyOf(sorted));
  }

  /** Whether this replica votes and may lead. */
  public boolean isVoter(NodeId node) {
    return voters.contains(node);
  }

  /** Whether those for whom {@code holds} is true are a quorum. */
  public boolean quorumHolds(Predicate<NodeId> holds) {
    int count = 0;
    for (int i = 0; i < voters.size(); i++) {
      if (holds.test(voters.get(i))) {
        count++;
      }
    }
    return count > voters.size() / 2;
  }

  /** The largest value that a quorum has reached, given the value of each voter. */
  public long quorumReached(ToLongFunction<NodeId> valueOf) {
    int n = voters.size();
    long[] ascending = new long[n];
    for (int i = 0; i < n; i++) {
      long value = valueOf.applyAsLong(voters.get(i));
      int at = i;
      while (at > 0 && ascending[at - 1] > value) {
        ascending[at] = ascending[at - 1];
        at--;
      }
      ascending[at] = value;
    }
    return ascending[(n - 1) / 2];
  }

  /** The bytes of this configuration; equal configurations have equal bytes. */
  public byte[] encode() {
    List<byte[]> names = new ArrayList<>();
    int length = 5;
    for (NodeId voter : voters) {
      byte[] name = voter.value().getBytes(StandardCharsets.UTF_8);
      names.add(name);
      length += 1 + name.length;
    }
    byte[] bytes = new byte[length];
    bytes[0] = FORMAT;
    Bytes.putInt(bytes, 1, names.size());
    int at = 5;
    for (byte[] name : names) {
      bytes[at] = (byte) name.length;
      System.arraycopy(name, 0, bytes, at + 1, name.length);
      at += 1 + name.length;
    }
    return bytes;
  }

  /**
   * Reads what {@link #encode} wrote; the bytes were checked by the entry or snapshot they are in.
   */
  public static Configuration decode(byte[] bytes) {
    Check.that(bytes.length >= 5 && bytes[0] == FORMAT, "configuration of an unknown format");
    int count = Bytes.getInt(bytes, 1);
    List<NodeId> voters = new ArrayList<>();
    int at = 5;
    for (int i = 0; i < count; i++) {
      int length = bytes[at];
      voters.add(NodeId.of(new String(bytes, at + 1, length, StandardCharsets.UTF_8)));
      at += 1 + length;
    }
    Check.that(at == bytes.length, "configuration of %s bytes ends at %s", bytes.length, at);
    return new Configuration(List.copyOf(voters));
  }
}
