// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.samples.kv.KvCommand.CompareAndSet;
import io.quorate.samples.kv.KvCommand.Delete;
import io.quorate.samples.kv.KvCommand.EndLoad;
import io.quorate.samples.kv.KvCommand.Increment;
import io.quorate.samples.kv.KvCommand.LoadLine;
import io.quorate.samples.kv.KvCommand.Put;
import io.quorate.samples.kv.KvQuery.ChangesSince;
import io.quorate.samples.kv.KvQuery.Get;
import io.quorate.samples.kv.KvQuery.LoadProgress;
import io.quorate.samples.kv.KvQuery.Scan;
import io.quorate.samples.kv.KvResult.Change;
import io.quorate.samples.kv.KvResult.Changes;
import io.quorate.samples.kv.KvResult.Found;
import io.quorate.samples.kv.KvResult.Item;
import io.quorate.samples.kv.KvResult.Loaded;
import io.quorate.samples.kv.KvResult.Page;
import io.quorate.samples.kv.KvResult.Progress;
import io.quorate.samples.kv.KvResult.Refused;
import io.quorate.samples.kv.KvResult.Sum;
import io.quorate.samples.kv.KvResult.Swap;
import io.quorate.samples.kv.KvResult.Written;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KvStateMachineTest {
  private final KvStateMachine store = new KvStateMachine();
  private long index;

  /** Through the bytes, as a replica would. */
  private KvResult apply(KvCommand command) {
    return KvResult.decode(store.apply(KvCommand.encode(command), new TestContext(++index)));
  }

  private KvResult ask(KvQuery query) {
    return KvResult.decode(store.query(KvQuery.encode(query)));
  }

  @Test
  void aPutTellsWhetherTheKeyWasThere() {
    assertThat(apply(new Put("a", "1"))).isEqualTo(new Written(1, false));
    assertThat(apply(new Put("a", "2"))).isEqualTo(new Written(2, true));
    assertThat(ask(new Get("a"))).isEqualTo(new Found(Optional.of(new Item("a", "2", 2))));
  }

  @Test
  void aDeletedKeyIsGone() {
    apply(new Put("a", "1"));

    assertThat(apply(new Delete("a"))).isEqualTo(new Written(2, true));
    assertThat(apply(new Delete("a"))).isEqualTo(new Written(3, false));
    assertThat(ask(new Get("a"))).isEqualTo(new Found(Optional.empty()));
  }

  @Test
  void aConditionalWriteNeedsTheExpectedValue() {
    assertThat(apply(new CompareAndSet("a", Optional.empty(), "1")))
        .isEqualTo(new Swap(true, 1, Optional.of("1")));
    assertThat(apply(new CompareAndSet("a", Optional.empty(), "2")))
        .isEqualTo(new Swap(false, 2, Optional.of("1")));
    assertThat(apply(new CompareAndSet("a", Optional.of("1"), "3")))
        .isEqualTo(new Swap(true, 3, Optional.of("3")));
    assertThat(apply(new CompareAndSet("b", Optional.of("1"), "3")))
        .isEqualTo(new Swap(false, 4, Optional.empty()));
  }

  @Test
  void anIncrementCountsFromNothingAndRefusesWhatIsNoNumber() {
    apply(new Put("word", "seven"));
    apply(new Put("most", Long.toString(Long.MAX_VALUE)));

    assertThat(apply(new Increment("n", 5))).isEqualTo(new Sum(3, 5));
    assertThat(apply(new Increment("n", -7))).isEqualTo(new Sum(4, -2));
    assertThat(apply(new Increment("word", 1)))
        .isEqualTo(new Refused("the value of word is not a whole number"));
    assertThat(apply(new Increment("most", 1)))
        .isEqualTo(new Refused("the value of most would exceed 64 bits"));
  }

  @Test
  void aScanGoesThroughAPrefixPageByPage() {
    for (String key : List.of("b/2", "a", "b/1", "b/3", "c")) {
      apply(new Put(key, key));
    }

    Page first = (Page) ask(new Scan("b/", "", 2));
    Page second = (Page) ask(new Scan("b/", "b/2", 2));

    assertThat(first.items()).extracting(Item::key).containsExactly("b/1", "b/2");
    assertThat(first.more()).isTrue();
    assertThat(second.items()).extracting(Item::key).containsExactly("b/3");
    assertThat(second.more()).isFalse();
    assertThat(((Page) ask(new Scan("", "", 10))).items()).hasSize(5);
  }

  @Test
  void aPageEndsBeforeItGetsTooLargeForAMessage() {
    String large = "x".repeat(KvStateMachine.ANSWER_CHARACTERS_MAX / 2);
    for (String key : List.of("a", "b", "c", "d", "e")) {
      apply(new Put(key, large));
    }

    Page page = (Page) ask(new Scan("", "", 10));

    assertThat(page.items()).hasSize(2);
    assertThat(page.more()).isTrue();
  }

  @Test
  void whoWatchesSeesEveryChangeOnce() {
    apply(new Put("a", "1"));
    apply(new Put("b", "2"));
    apply(new Delete("a"));

    Changes first = (Changes) ask(new ChangesSince("", 0, 2));
    Changes second = (Changes) ask(new ChangesSince("", first.upTo(), 2));

    assertThat(first.changes())
        .containsExactly(
            new Change(1, "a", Optional.of("1")), new Change(2, "b", Optional.of("2")));
    assertThat(second.changes()).containsExactly(new Change(3, "a", Optional.empty()));
    assertThat(second.upTo()).isEqualTo(3);
    assertThat(ask(new ChangesSince("a", 1, 10)))
        .isEqualTo(new Changes(List.of(new Change(3, "a", Optional.empty())), 3, 3, false));
  }

  @Test
  void whoWatchesTooSlowlyIsTold() {
    for (int i = 0; i <= ChangeHistory.CHANGES_MAX; i++) {
      apply(new Put("k", "v"));
    }

    assertThat(((Changes) ask(new ChangesSince("", 0, 1))).lost()).isTrue();
    assertThat(((Changes) ask(new ChangesSince("", 1, 1))).lost()).isFalse();
  }

  @Test
  void theHistoryIsBoundedInSizeToo() {
    String large = "x".repeat(1 << 20);
    for (int i = 0; i < 10; i++) {
      apply(new Put("k", large));
    }

    Changes changes = (Changes) ask(new ChangesSince("", 0, 100));

    assertThat(changes.changes()).hasSizeLessThan(5).isNotEmpty();
    assertThat(changes.lost()).isTrue();
  }

  @Test
  void aLoadTakesEachLineOnceAndInOrder() {
    assertThat(apply(new LoadLine("l", 1, "a", "1"))).isEqualTo(new Loaded(1, false));
    assertThat(apply(new LoadLine("l", 2, "a", "2"))).isEqualTo(new Loaded(2, false));
    assertThat(apply(new LoadLine("l", 1, "a", "1"))).isEqualTo(new Loaded(1, true));
    assertThat(apply(new LoadLine("l", 4, "a", "4")))
        .isEqualTo(new Refused("line 4 cannot follow line 2 of the load"));
    assertThat(ask(new Get("a"))).isEqualTo(new Found(Optional.of(new Item("a", "2", 2))));
    assertThat(ask(new LoadProgress("l"))).isEqualTo(new Progress(2));
    assertThat(apply(new EndLoad("l"))).isEqualTo(new Loaded(2, false));
    assertThat(apply(new EndLoad("l"))).isEqualTo(new Loaded(0, true));
    assertThat(ask(new LoadProgress("l"))).isEqualTo(new Progress(0));
  }

  @Test
  void theQuietestLoadIsForgottenWhenThereAreTooMany() {
    for (int i = 0; i < KvStateMachine.LOADS_MAX; i++) {
      apply(new LoadLine("load" + i, 1, "k", "v"));
    }
    apply(new LoadLine("load0", 2, "k", "v"));
    apply(new LoadLine("another", 1, "k", "v"));

    assertThat(ask(new LoadProgress("load0"))).isEqualTo(new Progress(2));
    assertThat(ask(new LoadProgress("load1"))).isEqualTo(new Progress(0));
  }

  @Test
  void bytesThatAreNoCommandAreRefusedAndChangeNothing() {
    byte[] before = snapshot(store);

    for (byte[] bytes : List.of(new byte[0], new byte[] {99}, new byte[] {1, 8, 'a'})) {
      assertThatThrownBy(() -> store.apply(bytes, new TestContext(1)))
          .isInstanceOf(IllegalArgumentException.class);
    }

    assertThat(snapshot(store)).isEqualTo(before);
  }

  /**
   * Random commands on three stores: one that is never disturbed; one whose snapshots are taken in
   * the middle and written later, while commands go on; one restored from those.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aSnapshotHoldsTheStateOfItsInstantHoweverLateItIsWritten(long seed) throws IOException {
    RandomGenerator random = new SplittableRandom(seed);
    KvStateMachine disturbed = new KvStateMachine();
    for (int round = 0; round < 20; round++) {
      applyBoth(disturbed, random, 200);
      byte[] expected = snapshot(store);
      SnapshotSource captured = disturbed.capture();
      applyBoth(disturbed, random, random.nextInt(300));

      byte[] written = bytes(captured);

      assertThat(written).isEqualTo(expected);
      assertThat(snapshot(disturbed)).isEqualTo(snapshot(store));
      KvStateMachine restored = new KvStateMachine();
      restored.restore(new ByteArrayInputStream(written), 1);
      assertThat(snapshot(restored)).isEqualTo(written);
      assertThat(disturbed.digest()).isEqualTo(store.digest());
      KvStateMachine again = new KvStateMachine();
      again.restore(new ByteArrayInputStream(snapshot(store)), 1);
      assertThat(again.digest()).isEqualTo(store.digest());
      assertThat(restored.size()).isEqualTo(countOf(restored));
    }
  }

  @Test
  void statesThatDifferHaveOtherDigests() {
    List<byte[]> seen = new ArrayList<>();
    seen.add(store.digest());
    for (KvCommand command :
        List.of(new Put("a", "1"), new Put("a", "2"), new Put("b", "2"), new Delete("a"))) {
      apply(command);
      assertThat(seen).doesNotContain(store.digest());
      seen.add(store.digest());
    }
    KvStateMachine other = new KvStateMachine();
    long at = 0;
    for (KvCommand command :
        List.of(new Put("a", "1"), new Put("a", "x"), new Put("b", "2"), new Put("a", "2"))) {
      other.apply(KvCommand.encode(command), new TestContext(++at));
    }
    assertThat(other.digest()).as("the same number of changes").isNotEqualTo(store.digest());
  }

  private void applyBoth(KvStateMachine other, RandomGenerator random, int commands) {
    for (int i = 0; i < commands; i++) {
      byte[] command = KvCommand.encode(randomCommand(random));
      index++;
      byte[] one = store.apply(command, new TestContext(index));
      byte[] two = other.apply(command, new TestContext(index));
      assertThat(two).isEqualTo(one);
    }
  }

  private static KvCommand randomCommand(RandomGenerator random) {
    String key = "k" + random.nextInt(60);
    return switch (random.nextInt(6)) {
      case 0, 1 -> new Put(key, "v" + random.nextInt());
      case 2 -> new Delete(key);
      case 3 -> new CompareAndSet(key, Optional.empty(), "swapped");
      case 4 -> new Increment("n" + random.nextInt(10), random.nextInt(100));
      default -> new LoadLine("l" + random.nextInt(3), random.nextInt(1, 9), key, "loaded");
    };
  }

  private static int countOf(KvStateMachine store) {
    Page page =
        (Page) KvResult.decode(store.query(KvQuery.encode(new Scan("", "", Integer.MAX_VALUE))));
    return page.items().size();
  }

  @Test
  void aMapWithAnOpenViewBehavesAsOneWithout() {
    RandomGenerator random = new SplittableRandom(3);
    FreezableMap<Integer> map = new FreezableMap<>();
    TreeMap<String, Integer> model = new TreeMap<>();
    List<FreezableMap.View<Integer>> views = new ArrayList<>();
    List<Map<String, Integer>> expected = new ArrayList<>();

    for (int step = 0; step < 5000; step++) {
      String key = "k" + random.nextInt(50);
      if (random.nextInt(3) == 0) {
        assertThat(map.set(key, null)).isEqualTo(model.remove(key));
      } else {
        assertThat(map.set(key, step)).isEqualTo(model.put(key, step));
      }
      if (random.nextInt(100) == 0) {
        views.add(map.view());
        expected.add(new TreeMap<>(model));
      }
      if (random.nextInt(60) == 0 && !views.isEmpty()) {
        int chosen = random.nextInt(views.size());
        try (FreezableMap.View<Integer> view = views.remove(chosen)) {
          Map<String, Integer> seen = new TreeMap<>();
          view.entries().forEachRemaining(entry -> seen.put(entry.getKey(), entry.getValue()));
          assertThat(seen).isEqualTo(expected.remove(chosen));
        }
      }
      assertThat(map.size()).isEqualTo(model.size());
    }
    List<String> keys = new ArrayList<>();
    map.from("k2").forEachRemaining(entry -> keys.add(entry.getKey()));
    assertThat(keys).containsExactlyElementsOf(model.tailMap("k2").keySet());
  }

  private static byte[] snapshot(KvStateMachine machine) {
    try {
      return bytes(machine.capture());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(SnapshotSource source) throws IOException {
    try (source) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      source.writeTo(out);
      return out.toByteArray();
    }
  }
}
