// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import java.util.UUID;

/** Some bytes of a snapshot as an object. */
public final class SnapshotPart {
  private SnapshotPart() {}

  /** The object as bytes; parts count from 0. */
  public static byte[] bytes(
      UUID group, UUID writer, SnapshotPlace place, int part, byte[] content) {
    return new Envelope(Envelope.Kind.PART, group, place.epoch(), place.slot(), part, writer)
        .wrap(content);
  }

  /**
   * The bytes of the snapshot that the object holds.
   *
   * @throws CorruptObject if it is damaged, of another group, snapshot or part
   */
  public static byte[] decode(String key, UUID group, SnapshotPlace place, int part, byte[] object)
      throws CorruptObject {
    Envelope envelope = Envelope.of(key, object);
    envelope.expect(key, group, place.epoch(), place.slot(), part);
    if (envelope.kind() != Envelope.Kind.PART) {
      throw new CorruptObject(key, "it is a " + envelope.kind() + ", not a part of a snapshot");
    }
    return Envelope.body(object);
  }
}
