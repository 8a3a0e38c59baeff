// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.log.SnapshotRef;
import java.util.UUID;

/**
 * Describes a snapshot whose parts were all written before it.
 *
 * @param snapshot the whole reference, with the SHA-256 of the stream
 * @param partBytes length of each part but the last
 */
public record SnapshotManifest(SnapshotRef snapshot, int partBytes) {
  private static final int SHA256_BYTES = 32;

  /** Refuses what no protocol step makes. */
  public SnapshotManifest {
    if (partBytes < 1 || snapshot.sha256().length != SHA256_BYTES) {
      throw new IllegalArgumentException(
          "parts of " + partBytes + " bytes, a sum of " + snapshot.sha256().length + " bytes");
    }
  }

  /** How many parts there are. */
  public int parts() {
    return Math.toIntExact((snapshot.sizeBytes() + partBytes - 1) / partBytes);
  }

  /** Where a part begins within the stream. */
  public long offset(int part) {
    return (long) part * partBytes;
  }

  /** The place of this snapshot under a nonce. */
  public SnapshotPlace place(long nonce) {
    return new SnapshotPlace(
        snapshot.slot(),
        snapshot.epoch(),
        nonce,
        snapshot.hash(),
        snapshot.lastIndex(),
        snapshot.sizeBytes());
  }

  /** The object as bytes. */
  public byte[] bytes(UUID group, UUID writer) {
    FieldWriter fields = new FieldWriter();
    fields.text(snapshot.id()).hash(snapshot.hash()).number(snapshot.lastIndex());
    fields.number(snapshot.timeFloorNanos()).blob(snapshot.configuration());
    fields.number(snapshot.sizeBytes()).blob(snapshot.sha256()).number(partBytes);
    return new Envelope(Envelope.Kind.MANIFEST, group, snapshot.epoch(), snapshot.slot(), 0, writer)
        .wrap(fields.toBytes());
  }

  /**
   * Reads the description of the snapshot at {@code place}.
   *
   * @throws CorruptObject if it is damaged, of another group, or of another snapshot
   */
  public static SnapshotManifest decode(String key, UUID group, SnapshotPlace place, byte[] object)
      throws CorruptObject {
    Envelope envelope = Envelope.of(key, object);
    envelope.expect(key, group, place.epoch(), place.slot(), 0);
    if (envelope.kind() != Envelope.Kind.MANIFEST) {
      throw new CorruptObject(key, "it is a " + envelope.kind() + ", not a manifest");
    }
    FieldReader fields = new FieldReader(key, object);
    String id = fields.text();
    var hash = fields.hash();
    long lastIndex = fields.number();
    long timeFloorNanos = fields.number();
    byte[] configuration = fields.blob();
    long sizeBytes = fields.number();
    byte[] sha256 = fields.blob();
    int partBytes = fields.integer();
    fields.end();
    if (!hash.equals(place.hash()) || sizeBytes != place.sizeBytes()) {
      throw new CorruptObject(
          key,
          "it describes "
              + sizeBytes
              + " bytes with H "
              + hash
              + ", the root says "
              + place.sizeBytes()
              + " bytes with H "
              + place.hash());
    }
    try {
      return new SnapshotManifest(
          new SnapshotRef(
              id,
              place.slot(),
              place.epoch(),
              hash,
              lastIndex,
              timeFloorNanos,
              configuration,
              sizeBytes,
              sha256),
          partBytes);
    } catch (IllegalArgumentException e) {
      throw new CorruptObject(key, String.valueOf(e.getMessage()), e);
    }
  }
}
