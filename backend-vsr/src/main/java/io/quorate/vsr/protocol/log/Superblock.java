// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.log;

import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.vsr.message.LogShape;
import io.quorate.vsr.message.VsrMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a replica must know of itself after a crash, beside its log.
 *
 * <pre>
 * encoded: 1 byte format (1), 1 byte flags (1: muted, 2: a target follows, 4: its hash is known),
 * 8 bytes configuration epoch, 8 bytes view, 8 bytes last normal view; of the target 8 bytes base,
 * 8 bytes view of the base, 8 bytes op, 16 bytes hash, 4 bytes number of runs, and 16 bytes for
 * each: first op, view; at the end 4 bytes CRC32C
 * </pre>
 *
 * @param lastNormalView latest view whose log this replica has installed
 * @param muted whether it may have lost what it had acknowledged, so that it must keep out of every
 *     quorum
 * @param target what the log of {@code lastNormalView} held behind the replica's own entries when
 *     it was installed; null if nothing
 */
public record Superblock(long view, long lastNormalView, boolean muted, @Nullable LogShape target) {
  private static final String STOPPED =
      "keep this replica stopped, and see 'A replica whose files are lost or damaged' in"
          + " docs/operating.md";
  private static final byte FORMAT = 1;
  private static final int MUTED = 1;
  private static final int TARGET = 2;
  private static final int HASH = 4;
  private static final int TARGET_AT = 26;
  private static final int RUNS_AT = TARGET_AT + 44;
  private static final int RUN_BYTES = 16;

  /** What a replica has before its first write. */
  public static final Superblock NONE = new Superblock(0, 0, false, null);

  /** The bytes of this record. */
  public byte[] encode() {
    LogShape aim = target;
    int size = aim == null ? TARGET_AT : RUNS_AT + RUN_BYTES * aim.runs().size();
    byte[] bytes = new byte[size + Integer.BYTES];
    bytes[0] = FORMAT;
    bytes[1] = (byte) (muted ? MUTED : 0);
    Bytes.putLong(bytes, 2, VsrMessage.CONFIGURATION);
    Bytes.putLong(bytes, 10, view);
    Bytes.putLong(bytes, 18, lastNormalView);
    if (aim != null) {
      encode(aim, bytes);
    }
    Bytes.putInt(bytes, size, crc(bytes));
    return bytes;
  }

  private static void encode(LogShape aim, byte[] bytes) {
    ChainHash hash = aim.hash();
    bytes[1] |= (byte) (hash == null ? TARGET : TARGET | HASH);
    Bytes.putLong(bytes, TARGET_AT, aim.base());
    Bytes.putLong(bytes, TARGET_AT + 8, aim.baseView());
    Bytes.putLong(bytes, TARGET_AT + 16, aim.op());
    if (hash != null) {
      hash.write(bytes, TARGET_AT + 24);
    }
    Bytes.putInt(bytes, TARGET_AT + 40, aim.runs().size());
    int at = RUNS_AT;
    for (LogShape.Run run : aim.runs()) {
      Bytes.putLong(bytes, at, run.firstOp());
      Bytes.putLong(bytes, at + 8, run.view());
      at += RUN_BYTES;
    }
  }

  /** Reads what {@link #encode} wrote; a record that is not whole halts the replica. */
  public static Superblock decode(byte[] bytes) {
    Check.that(
        bytes.length >= TARGET_AT + Integer.BYTES && bytes[0] == FORMAT,
        "the superblock is of an unknown format: " + STOPPED);
    Check.that(
        Bytes.getInt(bytes, bytes.length - Integer.BYTES) == crc(bytes),
        "the superblock is damaged: " + STOPPED);
    Check.that(
        Bytes.getLong(bytes, 2) == VsrMessage.CONFIGURATION,
        "the superblock is of configuration epoch %s, this release knows %s",
        Bytes.getLong(bytes, 2),
        VsrMessage.CONFIGURATION);
    return new Superblock(
        Bytes.getLong(bytes, 10),
        Bytes.getLong(bytes, 18),
        (bytes[1] & MUTED) != 0,
        (bytes[1] & TARGET) == 0 ? null : target(bytes));
  }

  private static LogShape target(byte[] bytes) {
    int count = Bytes.getInt(bytes, TARGET_AT + 40);
    Check.that(
        bytes.length == RUNS_AT + RUN_BYTES * count + Integer.BYTES,
        "the superblock has %s runs in %s bytes",
        count,
        bytes.length);
    List<LogShape.Run> runs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = RUNS_AT + RUN_BYTES * i;
      runs.add(new LogShape.Run(Bytes.getLong(bytes, at), Bytes.getLong(bytes, at + 8)));
    }
    return new LogShape(
        Bytes.getLong(bytes, TARGET_AT),
        Bytes.getLong(bytes, TARGET_AT + 8),
        runs,
        Bytes.getLong(bytes, TARGET_AT + 16),
        (bytes[1] & HASH) == 0 ? null : ChainHash.read(bytes, TARGET_AT + 24));
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
