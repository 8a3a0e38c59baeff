// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvClient;
import io.quorate.samples.kv.KvResult.Item;
import io.quorate.samples.kv.KvResult.Page;
import java.util.ArrayList;
import java.util.List;

/** What is in the store. */
final class Contents {
  private static final int PAGE_ITEMS = 1000;

  private Contents() {}

  /** All keys with a prefix, in ascending order. */
  static List<Item> of(QuorateClient client, String prefix, ReadConsistency consistency) {
    KvClient store = KvClient.reading(client.log());
    List<Item> items = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      Page page = store.scan(prefix, after, PAGE_ITEMS, consistency).join();
      items.addAll(page.items());
      more = page.more();
      after = items.isEmpty() ? "" : items.get(items.size() - 1).key();
    }
    return items;
  }

  static boolean has(QuorateClient client, String key) {
    return KvClient.reading(client.log()).get(key, ReadConsistency.LINEARIZABLE).join().isPresent();
  }

  /** The value of a key that must be there. */
  static String valueOf(QuorateClient client, String key) {
    List<Item> items = of(client, key, ReadConsistency.LINEARIZABLE);
    assertThat(items).hasSize(1);
    return items.get(0).value();
  }

  /**
   * Fails unless the keys of a generated load are all there, once each, and were written in their
   * order: a line that was applied again later would have a revision above the next key's.
   */
  static void assertLoadedOnce(QuorateClient client, String prefix, int count) {
    List<Item> items = of(client, prefix, ReadConsistency.LINEARIZABLE);
    assertThat(items).hasSize(count);
    for (int i = 0; i < count; i++) {
      Item item = items.get(i);
      if (!item.key().equals(key(prefix, i + 1))) {
        throw new AssertionError("instead of " + key(prefix, i + 1) + " there is " + item.key());
      }
      if (i > 0 && item.revision() <= items.get(i - 1).revision()) {
        throw new AssertionError(items.get(i - 1) + " was written after " + item);
      }
    }
  }

  /** Name of a key of a generated load, from 1. */
  static String key(String prefix, int line) {
    return String.format("%s%09d", prefix, line);
  }
}
