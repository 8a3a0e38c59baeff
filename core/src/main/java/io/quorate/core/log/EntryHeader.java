// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

/**
 * The header of an {@link Entry} without its body: what a log store keeps a second time, apart from
 * the entry, so that damage to the entry leaves known what it was. An instance has passed the
 * header's checksum and its cryptographic hash.
 */
public final class EntryHeader {
  private final byte[] bytes;
  private final EntryKind kind;

  private EntryHeader(byte[] bytes, EntryKind kind) {
    this.bytes = bytes;
    this.kind = kind;
  }

  /** The first bytes of an entry's frame, to be kept apart from it. */
  public static byte[] copyOf(Entry entry) {
    byte[] copy = new byte[Entry.HEADER_BYTES];
    System.arraycopy(entry.frame(), 0, copy, 0, copy.length);
    return copy;
  }

  /**
   * Reads a header that was kept.
   *
   * @param bytes {@link Entry#HEADER_BYTES} of them; owned by the header afterwards
   * @throws CorruptEntry if they are not as they were sealed
   */
  public static EntryHeader decode(byte[] bytes) throws CorruptEntry {
    if (bytes.length != Entry.HEADER_BYTES) {
      throw new CorruptEntry("copy of a header has " + bytes.length + " bytes");
    }
    EntryKind kind = Entry.checkedKind(bytes);
    if (!ChainHash.of(bytes, 0, Entry.HASH_AT).equals(ChainHash.read(bytes, Entry.HASH_AT))) {
      throw new CorruptEntry("hash of the header copy does not match");
    }
    return new EntryHeader(bytes, kind);
  }

  /** What the body is. */
  public EntryKind kind() {
    return kind;
  }

  /** Ordinal in the log, from 1. */
  public long slot() {
    return Bytes.getLong(bytes, Entry.SLOT_AT);
  }

  /** Fencing number of the leader that proposed the entry. */
  public long epoch() {
    return Bytes.getLong(bytes, Entry.EPOCH_AT);
  }

  /** Index of the command that the next entry begins with. */
  public long nextIndex() {
    return Bytes.getLong(bytes, Entry.FIRST_INDEX_AT) + count();
  }

  /** The earliest consensus time that the next entry may carry. */
  public long timeFloorNanos() {
    return Bytes.getLong(bytes, Entry.TIME_AT) + Math.max(1, count());
  }

  /** H(slot − 1). */
  public ChainHash parentHash() {
    return ChainHash.read(bytes, Entry.PARENT_AT);
  }

  /** H(slot): identifies the entry and all before it. */
  public ChainHash hash() {
    return ChainHash.read(bytes, Entry.HASH_AT);
  }

  /** Length of the encoded entry in bytes. */
  public int sizeBytes() {
    return Entry.HEADER_BYTES + Bytes.getInt(bytes, Entry.BODY_LENGTH_AT);
  }

  /** The entry as one that is damaged here. */
  public FaultySlot asFaulty() {
    return new FaultySlot(slot(), epoch(), hash());
  }

  @Override
  public String toString() {
    return "header(slot " + slot() + ", epoch " + epoch() + ")";
  }

  private int count() {
    return Bytes.getInt(bytes, Entry.COUNT_AT);
  }
}
