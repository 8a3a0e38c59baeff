// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.node.QuorateClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** {@code kv load} and other clients' increments, while something is killed. */
final class LoadUnderFault {
  private LoadUnderFault() {}

  /**
   * Brings the fault about when a third of the keys is loaded; fails unless load and increments go
   * on, nothing is lost and nothing is applied twice.
   *
   * @param prefix of keys that nobody else uses
   * @param fault returns once the fault is there, and whatever is to mend it is under way
   * @return the longest time without an increment from the fault on
   */
  static Duration run(
      ReplicaGroup group, QuorateClient client, String prefix, int keys, Runnable fault) {
    String counter = "sum-of-" + prefix;
    Set<Long> sums = ConcurrentHashMap.newKeySet();
    Traffic increments =
        Traffic.start(
            client.log(),
            4,
            2,
            (store, number) -> store.increment(counter, 1).thenAccept(sums::add));
    CompletableFuture<Command> load =
        Command.inBackground(
            "kv",
            "load",
            "--config",
            group.config(),
            "--generate",
            Integer.toString(keys),
            "--key-prefix",
            prefix,
            "--timeout",
            "90s",
            "--json");
    Await.until(
        () -> Contents.has(client, Contents.key(prefix, keys / 3)) || load.isDone(),
        () -> "the load makes no progress" + group.output());
    assertThat(load).as("the load at the time of the fault").isNotDone();

    increments.watchGap();
    fault.run();
    increments.awaitMore(100);
    Duration gap = increments.longestGap();
    Command loaded = load.join();
    increments.stop();

    assertThat(loaded.code()).as(loaded.err()).isZero();
    assertThat(loaded.out()).contains("\"keys\":" + keys).contains("\"resumed_after\":0");
    Contents.assertLoadedOnce(client, prefix, keys);
    assertThat(sums).hasSize(Math.toIntExact(increments.acknowledged()));
    assertThat(Contents.valueOf(client, counter))
        .isEqualTo(Long.toString(increments.acknowledged()));
    return gap;
  }
}
