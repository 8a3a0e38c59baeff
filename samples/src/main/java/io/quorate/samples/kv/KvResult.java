// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the store answers. A revision is the index of the command that made it. */
public sealed interface KvResult {

  /** A key with its value and the revision that set it. */
  record Item(String key, String value, long revision) {}

  /** A change of one key; {@code value} is empty when it was removed. */
  record Change(long revision, String key, Optional<String> value) {}

  /** A put or a delete was done; {@code existed}: the key had a value before. */
  record Written(long revision, boolean existed) implements KvResult {}

  /** A conditional write was done or not; {@code current} is the value afterwards. */
  record Swap(boolean swapped, long revision, Optional<String> current) implements KvResult {}

  /** The number after an increment. */
  record Sum(long revision, long value) implements KvResult {}

  /** The line of a load is in the store; {@code repeated}: it was before. */
  record Loaded(long line, boolean repeated) implements KvResult {}

  /** Nothing was changed; one sentence says why. */
  record Refused(String why) implements KvResult {}

  /** The key asked for, if it exists. */
  record Found(Optional<Item> item) implements KvResult {}

  /** Keys in ascending order; {@code more}: there are further ones after the last. */
  record Page(List<Item> items, boolean more) implements KvResult {}

  /**
   * Changes, oldest first.
   *
   * @param upTo ask for changes since this revision next
   * @param last revision of the last command that the answering replica has applied
   * @param lost changes after the revision asked for are no longer kept: read the keys anew
   */
  record Changes(List<Change> changes, long upTo, long last, boolean lost) implements KvResult {}

  /** How many lines of a load are in the store. */
  record Progress(long lines) implements KvResult {}

  /** Encodes a result; equal results give equal bytes. */
  static byte[] encode(KvResult result) {
    WireWriter out = new WireWriter();
    switch (result) {
      case Written written -> out.kind(1).number(written.revision()).flag(written.existed());
      case Swap swap ->
          out.kind(2).flag(swap.swapped()).number(swap.revision()).optionalText(swap.current());
      case Sum number -> out.kind(3).number(number.revision()).number(number.value());
      case Loaded loaded -> out.kind(4).number(loaded.line()).flag(loaded.repeated());
      case Refused refused -> out.kind(5).text(refused.why());
      case Found found -> {
        out.kind(6).flag(found.item().isPresent());
        found.item().ifPresent(item -> write(item, out));
      }
      case Page page -> {
        out.kind(7).flag(page.more()).number(page.items().size());
        page.items().forEach(item -> write(item, out));
      }
      case Changes changes -> {
        out.kind(8).number(changes.upTo()).number(changes.last()).flag(changes.lost());
        out.number(changes.changes().size());
        changes.changes().forEach(change -> write(change, out));
      }
      case Progress progress -> out.kind(9).number(progress.lines());
    }
    return out.toBytes();
  }

  /** Decodes a result; throws {@link IllegalArgumentException} on anything else. */
  static KvResult decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int kind = in.kind();
    KvResult result =
        switch (kind) {
          case 1 -> new Written(in.number(), in.flag());
          case 2 -> new Swap(in.flag(), in.number(), in.optionalText());
          case 3 -> new Sum(in.number(), in.number());
          case 4 -> new Loaded(in.number(), in.flag());
          case 5 -> new Refused(in.text());
          case 6 -> new Found(in.flag() ? Optional.of(readItem(in)) : Optional.empty());
          case 7 -> readPage(in);
          case 8 -> readChanges(in);
          case 9 -> new Progress(in.number());
          default -> throw new IllegalArgumentException("result kind " + kind + " is unknown");
        };
    in.end();
    return result;
  }

  private static void write(Item item, WireWriter out) {
    out.text(item.key()).text(item.value()).number(item.revision());
  }

  private static void write(Change change, WireWriter out) {
    out.number(change.revision()).text(change.key()).optionalText(change.value());
  }

  private static Item readItem(WireReader in) {
    return new Item(in.text(), in.text(), in.number());
  }

  private static Page readPage(WireReader in) {
    boolean more = in.flag();
    List<Item> items = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      items.add(readItem(in));
    }
    return new Page(items, more);
  }

  private static Changes readChanges(WireReader in) {
    long upTo = in.number();
    long last = in.number();
    boolean lost = in.flag();
    List<Change> changes = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      changes.add(new Change(in.number(), in.text(), in.optionalText()));
    }
    return new Changes(changes, upTo, last, lost);
  }
}
