// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.ReadConsistency;
import io.quorate.node.QuorateClient;
import io.quorate.samples.kv.KvResult.Item;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Writes without a pause, while all replicas are killed at a time and started again. */
final class AllKilled {
  private static final int WRITES_BEFORE = 2000;
  private static final int WRITES_AFTER = 500;

  private AllKilled() {}

  /**
   * Fails unless every acknowledged write is there afterwards, and the same sessions go on.
   *
   * @param prefix of keys that nobody else uses
   */
  static void run(ReplicaGroup group, QuorateClient client, String prefix) {
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    Traffic puts =
        Traffic.start(
            client.log(),
            4,
            32,
            (store, number) -> {
              String key = Contents.key(prefix, Math.toIntExact(number));
              return store.put(key, "value of " + key).thenAccept(done -> acknowledged.add(key));
            });
    puts.awaitMore(WRITES_BEFORE);

    for (String node : group.nodes()) {
      group.process(node).kill();
    }
    for (String node : group.nodes()) {
      int unused = group.process(node).awaitExit();
    }
    Set<String> before = new TreeSet<>(acknowledged);
    group.startMissing();
    Set<String> after = keysAndValues(client, prefix);
    puts.awaitMore(WRITES_AFTER);
    puts.stop();

    assertThat(before).hasSizeGreaterThanOrEqualTo(WRITES_BEFORE);
    assertThat(after).containsAll(before);
    assertThat(keysAndValues(client, prefix)).containsExactlyInAnyOrderElementsOf(acknowledged);
  }

  /** Keys, after a look at their values. */
  private static Set<String> keysAndValues(QuorateClient client, String prefix) {
    Set<String> keys = new TreeSet<>();
    for (Item item : Contents.of(client, prefix, ReadConsistency.LINEARIZABLE)) {
      assertThat(item.value()).isEqualTo("value of " + item.key());
      keys.add(item.key());
    }
    return keys;
  }
}
