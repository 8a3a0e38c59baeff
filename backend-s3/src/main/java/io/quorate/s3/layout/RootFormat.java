// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The root as bytes. A change of the fields needs another number of the envelope's format. */
final class RootFormat {
  private static final int SEGMENT_BYTES = 3 * Long.BYTES + ChainHash.BYTES;
  private static final int SEALED_BYTES = 2 * Long.BYTES + ChainHash.BYTES;

  private RootFormat() {}

  static byte[] encode(Root root) {
    FieldWriter fields = new FieldWriter();
    fields.text(root.name().value()).uuid(root.nonce()).text(root.leader().node().value());
    fields.number(root.segments().size());
    for (Segment segment : root.segments()) {
      fields.number(segment.epoch()).number(segment.start()).number(segment.end());
      fields.hash(segment.parent());
    }
    place(fields, root.snapshot());
    place(fields, root.previousSnapshot());
    fields.number(root.truncateSlot());
    fields.number(root.history().size());
    for (Sealed sealed : root.history()) {
      fields.number(sealed.epoch()).number(sealed.end()).hash(sealed.hash());
    }
    fields.number(root.leaseMillis()).number(root.timeFloorNanos());
    fields.number(root.state().number());
    return new Envelope(
            Envelope.Kind.ROOT,
            root.group(),
            root.epoch(),
            root.version(),
            0,
            root.leader().incarnation())
        .wrap(fields.toBytes());
  }

  static Root decode(String key, GroupId name, byte[] object) throws CorruptObject {
    Envelope envelope = Envelope.of(key, object);
    if (envelope.kind() != Envelope.Kind.ROOT) {
      throw new CorruptObject(key, "it is a " + envelope.kind() + ", not a root");
    }
    FieldReader fields = new FieldReader(key, object);
    try {
      GroupId found = GroupId.of(fields.text());
      if (!found.equals(name)) {
        throw new CorruptObject(key, "it is the root of group " + found + ", not of " + name);
      }
      return fields(key, found, envelope, fields);
    } catch (IllegalArgumentException e) {
      throw new CorruptObject(key, String.valueOf(e.getMessage()), e);
    }
  }

  private static Root fields(String key, GroupId name, Envelope envelope, FieldReader fields)
      throws CorruptObject {
    UUID nonce = fields.uuid();
    Leader leader = new Leader(NodeId.of(fields.text()), envelope.writer());
    List<Segment> segments = new ArrayList<>();
    for (int left = fields.count(SEGMENT_BYTES); left > 0; left--) {
      segments.add(new Segment(fields.number(), fields.number(), fields.number(), fields.hash()));
    }
    SnapshotPlace snapshot = place(fields);
    SnapshotPlace previous = place(fields);
    long truncateSlot = fields.number();
    List<Sealed> history = new ArrayList<>();
    for (int left = fields.count(SEALED_BYTES); left > 0; left--) {
      history.add(new Sealed(fields.number(), fields.number(), fields.hash()));
    }
    long leaseMillis = fields.number();
    long timeFloorNanos = fields.number();
    int number = fields.integer();
    fields.end();
    Root.State state = Root.State.ofNumber(number);
    if (state == null) {
      throw new CorruptObject(key, "its state is " + number + ", which is unknown");
    }
    return new Root(
        name,
        envelope.group(),
        nonce,
        envelope.slot(),
        envelope.epoch(),
        leader,
        segments,
        snapshot,
        previous,
        truncateSlot,
        history,
        leaseMillis,
        timeFloorNanos,
        state);
  }

  private static void place(FieldWriter fields, @Nullable SnapshotPlace place) {
    if (place == null) {
      fields.number(0);
      return;
    }
    fields.number(1).number(place.slot()).number(place.epoch()).number(place.nonce());
    fields.hash(place.hash()).number(place.lastIndex()).number(place.sizeBytes());
  }

  private static @Nullable SnapshotPlace place(FieldReader fields) throws CorruptObject {
    if (!fields.present()) {
      return null;
    }
    return new SnapshotPlace(
        fields.number(),
        fields.number(),
        fields.number(),
        fields.hash(),
        fields.number(),
        fields.number());
  }
}
