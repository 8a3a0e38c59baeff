// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.Entry;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What may stand under the key of a slot. */
public sealed interface StoredObject {

  /** The epoch of its key. */
  long epoch();

  /** The slot of its key. */
  long slot();

  /**
   * The object as bytes, always the same for the same content.
   *
   * @param group drawn when the group's root was created
   */
  byte[] bytes(UUID group);

  /**
   * An entry of the log, if the root agrees.
   *
   * @param writer incarnation of the leader that wrote it
   */
  record Data(Entry entry, UUID writer) implements StoredObject {
    @Override
    public long epoch() {
      return entry.epoch();
    }

    @Override
    public long slot() {
      return entry.slot();
    }

    @Override
    public byte[] bytes(UUID group) {
      return new Envelope(Envelope.Kind.DATA, group, epoch(), slot(), 0, writer)
          .wrap(entry.frame());
    }
  }

  /**
   * Keeps the leader of an epoch from writing here, and so from acknowledging this slot or any
   * above it. No verdict by itself on what is in the log: that is the root's.
   *
   * @param sealer incarnation of the replica that wrote it
   * @param rootVersion the root that its writer had seen
   * @param timeNanos when, by the writer's clock; for people
   */
  record Seal(long epoch, long slot, UUID sealer, long rootVersion, Reason reason, long timeNanos)
      implements StoredObject {
    @Override
    public byte[] bytes(UUID group) {
      FieldWriter fields = new FieldWriter();
      fields.number(rootVersion).number(reason.number()).number(timeNanos);
      return new Envelope(Envelope.Kind.SEAL, group, epoch, slot, 0, sealer).wrap(fields.toBytes());
    }
  }

  /** Why a seal was written. The numbers are part of the format. */
  enum Reason {
    /** The leader was not heard any more. */
    TAKEOVER(1),
    /** The leader gave its epoch up itself. */
    HANDOVER(2);

    private final int number;

    Reason(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    private static @Nullable Reason ofNumber(int number) {
      for (Reason reason : values()) {
        if (reason.number == number) {
          return reason;
        }
      }
      return null;
    }
  }

  /**
   * Reads the object found under the key of a slot, and checks everything that it says of itself.
   *
   * @param object the whole object; not written to afterwards
   * @throws CorruptObject if it is damaged, of another group, or belongs under another key
   */
  static StoredObject decode(String key, UUID group, long epoch, long slot, byte[] object)
      throws CorruptObject {
    Envelope envelope = Envelope.of(key, object);
    envelope.expect(key, group, epoch, slot, 0);
    return switch (envelope.kind()) {
      case DATA -> data(key, envelope, object);
      case SEAL -> seal(key, envelope, object);
      case ROOT, MANIFEST, PART ->
          throw new CorruptObject(key, "it is a " + envelope.kind() + ", not an entry or a seal");
    };
  }

  private static Data data(String key, Envelope envelope, byte[] object) throws CorruptObject {
    try {
      Entry entry = Entry.decode(Envelope.body(object));
      entry.verifyBody();
      entry.verifyHashes();
      if (entry.epoch() != envelope.epoch() || entry.slot() != envelope.slot()) {
        throw new CorruptObject(key, "it holds " + entry);
      }
      return new Data(entry, envelope.writer());
    } catch (CorruptEntry e) {
      throw new CorruptObject(key, String.valueOf(e.getMessage()), e);
    }
  }

  private static Seal seal(String key, Envelope envelope, byte[] object) throws CorruptObject {
    FieldReader fields = new FieldReader(key, object);
    long rootVersion = fields.number();
    int number = fields.integer();
    long timeNanos = fields.number();
    fields.end();
    Reason reason = Reason.ofNumber(number);
    if (reason == null) {
      throw new CorruptObject(key, "its reason is " + number + ", which is unknown");
    }
    return new Seal(
        envelope.epoch(), envelope.slot(), envelope.writer(), rootVersion, reason, timeNanos);
  }
}
