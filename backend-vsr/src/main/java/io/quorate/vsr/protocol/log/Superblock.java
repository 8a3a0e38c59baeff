// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.protocol.log;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.ChainHash;
import io.quorate.vsr.message.Incarnation;
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
 * encoded: 1 byte format (1), 1 byte flags (1: muted, 2: a target follows, 4: its hash is known,
 * 8: the disk was lost, 16: incarnations follow),
 * 8 bytes configuration epoch, 8 bytes view, 8 bytes last normal view; of the target 8 bytes base,
 * 8 bytes view of the base, 8 bytes op, 16 bytes hash, 4 bytes number of runs, and 16 bytes for
 * each: first op, view; of the incarnations 4 bytes their number, and for each 8 bytes number, 8
 * bytes nonce, 4 bytes length of the name, the name in ASCII; at the end 4 bytes CRC32C
 * </pre>
 *
 * @param lastNormalView latest view whose log this replica has installed
 * @param muted whether it may have lost what it had acknowledged, so that it must keep out of every
 *     quorum
 * @param target what the log of {@code lastNormalView} held behind the replica's own entries when
 *     it was installed; null if nothing
 * @param diskLost whether it was lost with all that the replica had promised (VRR §4.3), and the
 *     others have not yet told in which view to go on; then it is muted
 * @param incarnations members that are known to have lost their disks
 */
public record Superblock(
    long view,
    long lastNormalView,
    boolean muted,
    @Nullable LogShape target,
    boolean diskLost,
    List<Incarnation> incarnations) {
  private static final String STOPPED =
      "keep this replica stopped, and see 'A replica whose files are lost or damaged' in"
          + " docs/operating.md";
  private static final byte FORMAT = 1;
  private static final int MUTED = 1;
  private static final int TARGET = 2;
  private static final int HASH = 4;
  private static final int DISK_LOST = 8;
  private static final int INCARNATIONS = 16;
  private static final int INCARNATION_BYTES = 20;
  private static final int TARGET_AT = 26;
  private static final int RUNS_AT = TARGET_AT + 44;
  private static final int RUN_BYTES = 16;

  /** What a replica has before its first write. */
  public static final Superblock NONE = new Superblock(0, 0, false, null);

  /** What a replica has whose disk was lost, and that must recover (VRR §4.3). */
  public static final Superblock LOST = new Superblock(0, 0, true, null, true, List.of());

  /** Of a replica in whose group nobody ever lost a disk. */
  public Superblock(long view, long lastNormalView, boolean muted, @Nullable LogShape target) {
    this(view, lastNormalView, muted, target, false, List.of());
  }

  /** The bytes of this record. */
  public byte[] encode() {
    LogShape aim = target;
    int known = aim == null ? TARGET_AT : RUNS_AT + RUN_BYTES * aim.runs().size();
    int size = known + sizeOf(incarnations);
    byte[] bytes = new byte[size + Integer.BYTES];
    bytes[0] = FORMAT;
    bytes[1] =
        (byte)
            ((muted ? MUTED : 0)
                | (diskLost ? DISK_LOST : 0)
                | (incarnations.isEmpty() ? 0 : INCARNATIONS));
    Bytes.putLong(bytes, 2, VsrMessage.CONFIGURATION);
    Bytes.putLong(bytes, 10, view);
    Bytes.putLong(bytes, 18, lastNormalView);
    if (aim != null) {
      encode(aim, bytes);
    }
    encode(incarnations, bytes, known);
    Bytes.putInt(bytes, size, crc(bytes));
    return bytes;
  }

  private static int sizeOf(List<Incarnation> incarnations) {
    int size = incarnations.isEmpty() ? 0 : Integer.BYTES;
    for (Incarnation each : incarnations) {
      size += INCARNATION_BYTES + each.node().value().length();
    }
    return size;
  }

  private static void encode(List<Incarnation> incarnations, byte[] bytes, int begin) {
    if (incarnations.isEmpty()) {
      return;
    }
    Bytes.putInt(bytes, begin, incarnations.size());
    int at = begin + Integer.BYTES;
    for (Incarnation each : incarnations) {
      String name = each.node().value(); // letters of ASCII, by its own rule
      Bytes.putLong(bytes, at, each.number());
      Bytes.putLong(bytes, at + 8, each.nonce());
      Bytes.putInt(bytes, at + 16, name.length());
      at += INCARNATION_BYTES;
      for (int i = 0; i < name.length(); i++) {
        bytes[at++] = (byte) name.charAt(i);
      }
    }
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
    LogShape aim = (bytes[1] & TARGET) == 0 ? null : target(bytes);
    int known = aim == null ? TARGET_AT : RUNS_AT + RUN_BYTES * aim.runs().size();
    List<Incarnation> incarnations =
        (bytes[1] & INCARNATIONS) == 0 ? List.of() : incarnations(bytes, known);
    Check.that(
        bytes.length == known + sizeOf(incarnations) + Integer.BYTES,
        "the superblock is of %s bytes",
        bytes.length);
    return new Superblock(
        Bytes.getLong(bytes, 10),
        Bytes.getLong(bytes, 18),
        (bytes[1] & MUTED) != 0,
        aim,
        (bytes[1] & DISK_LOST) != 0,
        incarnations);
  }

  private static LogShape target(byte[] bytes) {
    int count = Bytes.getInt(bytes, TARGET_AT + 40);
    Check.that(
        count >= 0 && bytes.length - Integer.BYTES - RUNS_AT >= (long) RUN_BYTES * count,
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

  private static List<Incarnation> incarnations(byte[] bytes, int begin) {
    int count = Bytes.getInt(bytes, begin);
    List<Incarnation> found = new ArrayList<>();
    int at = begin + Integer.BYTES;
    for (int i = 0; i < count; i++) {
      int length = Bytes.getInt(bytes, at + 16);
      StringBuilder name = new StringBuilder(length);
      for (int k = 0; k < length; k++) {
        name.append((char) bytes[at + INCARNATION_BYTES + k]);
      }
      found.add(
          new Incarnation(
              NodeId.of(name.toString()), Bytes.getLong(bytes, at), Bytes.getLong(bytes, at + 8)));
      at += INCARNATION_BYTES + length;
    }
    return found;
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
