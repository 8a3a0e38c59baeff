// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

/** What asks the store and changes nothing. */
public sealed interface KvQuery {

  /** Asks for one key. */
  record Get(String key) implements KvQuery {}

  /**
   * Asks for keys in ascending order of their characters.
   *
   * @param prefix only keys that begin so; empty: all
   * @param after only keys after this one; empty: from the first
   * @param limit most keys in the answer
   */
  record Scan(String prefix, String after, int limit) implements KvQuery {}

  /**
   * Asks for changes, oldest first.
   *
   * @param prefix only of keys that begin so; empty: all
   * @param since only changes with a higher revision
   * @param limit most changes in the answer
   */
  record ChangesSince(String prefix, long since, int limit) implements KvQuery {}

  /** Asks how far a load came. */
  record LoadProgress(String load) implements KvQuery {}

  /** Encodes a query. */
  static byte[] encode(KvQuery query) {
    WireWriter out = new WireWriter();
    switch (query) {
      case Get get -> out.kind(1).text(get.key());
      case Scan scan -> out.kind(2).text(scan.prefix()).text(scan.after()).number(scan.limit());
      case ChangesSince changes ->
          out.kind(3).text(changes.prefix()).number(changes.since()).number(changes.limit());
      case LoadProgress progress -> out.kind(4).text(progress.load());
    }
    return out.toBytes();
  }

  /** Decodes a query; throws {@link IllegalArgumentException} on anything else. */
  static KvQuery decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int kind = in.kind();
    KvQuery query =
        switch (kind) {
          case 1 -> new Get(in.text());
          case 2 -> new Scan(in.text(), in.text(), in.count());
          case 3 -> new ChangesSince(in.text(), in.number(), in.count());
          case 4 -> new LoadProgress(in.text());
          default -> throw new IllegalArgumentException("query kind " + kind + " is unknown");
        };
    in.end();
    return query;
  }
}
