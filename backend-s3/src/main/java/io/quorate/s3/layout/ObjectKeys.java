// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.api.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one group.
 *
 * <pre>
 * {base}/{hh}/{group}/root
 * {base}/{hh}/{group}/log/{epoch}/{slot}
 * {base}/{hh}/{group}/snap/{slot}-{epoch}-{nonce}/manifest
 * {base}/{hh}/{group}/snap/{slot}-{epoch}-{nonce}/part-{number}
 * {base}/{hh}/{group}/probe/{nonce}
 * </pre>
 *
 * <p>Numbers have 16 hexadecimal digits, those of parts five decimal ones. {@code hh} are two
 * digits made of the group's name, which spread the groups of a bucket over its partitions.
 */
public final class ObjectKeys {
  private static final int DIGITS = 16;
  private static final String SNAPSHOTS = "snap/";
  private static final String LOG = "log/";
  private static final String MANIFEST = "/manifest";
  private static final String PART = "/part-";

  private final String prefix;

  /**
   * Keys of a group.
   *
   * @param base what all keys begin with; empty for none
   */
  public ObjectKeys(String base, GroupId group) {
    CRC32C crc = new CRC32C();
    crc.update(group.value().getBytes(StandardCharsets.UTF_8));
    String spread = String.format("%02x", crc.getValue() & 0xff);
    this.prefix = (base.isEmpty() ? "" : base + "/") + spread + "/" + group.value() + "/";
  }

  /** What a key of the group names. */
  public sealed interface Named {
    /** The root. */
    record RootKey() implements Named {}

    /** The place of an entry or a seal. */
    record SlotKey(long epoch, long slot) implements Named {}

    /** An object of a snapshot. */
    record SnapshotKey(long slot, long epoch, long nonce) implements Named {}
  }

  /** What all keys of the group begin with; ends with a slash. */
  public String prefix() {
    return prefix;
  }

  /** The one object that is ever replaced. */
  public String root() {
    return prefix + "root";
  }

  /** Where the entry or seal of a slot is. */
  public String slot(long epoch, long slot) {
    return logOf(epoch) + hex(slot);
  }

  /** What the keys of all entries and seals begin with. */
  public String log() {
    return prefix + LOG;
  }

  /** What the keys of the entries and seals of an epoch begin with. */
  public String logOf(long epoch) {
    return log() + hex(epoch) + "/";
  }

  /** What the keys of all snapshots begin with. */
  public String snapshots() {
    return prefix + SNAPSHOTS;
  }

  /** Where the description of a snapshot is. */
  public String manifest(SnapshotPlace place) {
    return snapshots() + place.folder() + MANIFEST;
  }

  /** Where some bytes of a snapshot are; parts count from 0. */
  public String part(SnapshotPlace place, int part) {
    return snapshots() + place.folder() + PART + String.format("%05d", part);
  }

  /** What the keys of trials begin with, which are never data. */
  public String probes() {
    return prefix + "probe/";
  }

  /** Tells what a listed key names; null if it is none of this group's keys. */
  public @Nullable Named parse(String key) {
    if (key.equals(root())) {
      return new Named.RootKey();
    }
    if (key.startsWith(log())) {
      return slotKey(key.substring(log().length()));
    }
    if (key.startsWith(snapshots())) {
      return snapshotKey(key.substring(snapshots().length()));
    }
    return null;
  }

  private static @Nullable Named slotKey(String name) {
    if (name.length() != 2 * DIGITS + 1 || name.charAt(DIGITS) != '/') {
      return null;
    }
    long epoch = number(name.substring(0, DIGITS));
    long slot = number(name.substring(DIGITS + 1));
    return epoch < 0 || slot < 0 ? null : new Named.SlotKey(epoch, slot);
  }

  private static @Nullable Named snapshotKey(String name) {
    int folderLength = 3 * DIGITS + 2;
    if (name.length() <= folderLength
        || name.charAt(DIGITS) != '-'
        || name.charAt(2 * DIGITS + 1) != '-') {
      return null;
    }
    String file = name.substring(folderLength);
    long slot = number(name.substring(0, DIGITS));
    long epoch = number(name.substring(DIGITS + 1, 2 * DIGITS + 1));
    String nonce = name.substring(2 * DIGITS + 2, folderLength);
    boolean known = file.equals(MANIFEST) || file.startsWith(PART);
    if (slot < 0 || epoch < 0 || !known || !isHex(nonce)) {
      return null;
    }
    return new Named.SnapshotKey(slot, epoch, Long.parseUnsignedLong(nonce, 16));
  }

  /** The number that 16 digits mean; −1 if they are no digits, or mean more than we count to. */
  private static long number(String digits) {
    return isHex(digits) ? Math.max(-1, Long.parseUnsignedLong(digits, 16)) : -1;
  }

  private static boolean isHex(String digits) {
    return digits.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  private static String hex(long number) {
    return String.format("%016x", number);
  }
}
