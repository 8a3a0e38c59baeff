// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import java.util.Optional;

/** What changes the store. The numbers of the kinds are part of the log format. */
public sealed interface KvCommand {

  /** Sets a key to a value. */
  record Put(String key, String value) implements KvCommand {}

  /** Removes a key. */
  record Delete(String key) implements KvCommand {}

  /**
   * Sets a key if it has the expected value now.
   *
   * @param expected empty: the key must not exist
   */
  record CompareAndSet(String key, Optional<String> expected, String value) implements KvCommand {}

  /** Adds to the whole number that is a key's value; a missing key counts as 0. */
  record Increment(String key, long delta) implements KvCommand {}

  /**
   * Sets a key as one line of a load. Lines are applied in order and once each, whatever is sent
   * again and by whom, since the store remembers how far each load came.
   *
   * @param load name of the load, the same when it is resumed
   * @param line from 1, without gaps
   */
  record LoadLine(String load, long line, String key, String value) implements KvCommand {}

  /** Forgets how far a load came: it is complete. */
  record EndLoad(String load) implements KvCommand {}

  /** Encodes a command; equal commands give equal bytes. */
  static byte[] encode(KvCommand command) {
    WireWriter out = new WireWriter();
    switch (command) {
      case Put put -> out.kind(1).text(put.key()).text(put.value());
      case Delete delete -> out.kind(2).text(delete.key());
      case CompareAndSet swap ->
          out.kind(3).text(swap.key()).optionalText(swap.expected()).text(swap.value());
      case Increment increment -> out.kind(4).text(increment.key()).number(increment.delta());
      case LoadLine line ->
          out.kind(5).text(line.load()).number(line.line()).text(line.key()).text(line.value());
      case EndLoad end -> out.kind(6).text(end.load());
    }
    return out.toBytes();
  }

  /** Decodes a command; throws {@link IllegalArgumentException} on anything else. */
  static KvCommand decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int kind = in.kind();
    KvCommand command =
        switch (kind) {
          case 1 -> new Put(in.text(), in.text());
          case 2 -> new Delete(in.text());
          case 3 -> new CompareAndSet(in.text(), in.optionalText(), in.text());
          case 4 -> new Increment(in.text(), in.number());
          case 5 -> new LoadLine(in.text(), in.number(), in.text(), in.text());
          case 6 -> new EndLoad(in.text());
          default -> throw new IllegalArgumentException("command kind " + kind + " is unknown");
        };
    in.end();
    return command;
  }
}
