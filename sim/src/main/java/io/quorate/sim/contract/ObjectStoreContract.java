// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectRequest.Create;
import io.quorate.core.protocol.ObjectRequest.Delete;
import io.quorate.core.protocol.ObjectRequest.Get;
import io.quorate.core.protocol.ObjectRequest.Put;
import io.quorate.core.protocol.ObjectRequest.Replace;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.ObjectResult.Absent;
import io.quorate.core.protocol.ObjectResult.Deleted;
import io.quorate.core.protocol.ObjectResult.Found;
import io.quorate.core.protocol.ObjectResult.Item;
import io.quorate.core.protocol.ObjectResult.PreconditionFailed;
import io.quorate.core.protocol.ObjectResult.Stored;
import io.quorate.core.protocol.ObjectResult.Unchanged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link ObjectStore} owes, request by request; {@link ObjectRaceContract} has what it
 * owes to several at once. A test class of an adapter implements {@link #bucket()}; JUnit runs the
 * rest.
 */
@Tag("contract")
@Timeout(300)
public interface ObjectStoreContract extends ObjectRaceContract {

  /** What a test does with one store. */
  interface Body {
    /** Does it. */
    void run(ObjectBucket bucket, ObjectStore store, ObjectCalls calls) throws IOException;
  }

  private void with(Body body) throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore store = bucket.open()) {
      body.run(bucket, store, new ObjectCalls(bucket, store));
    }
  }

  @Test
  default void whatIsCreatedIsRead() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "root";
      byte[] bytes = bytes("one");
      String etag = calls.create(key, bytes);

      Found found = calls.read(key);
      assertThat(found.bytes()).isEqualTo(bytes);
      assertThat(found.etag()).isEqualTo(etag).isNotEmpty();
    });
  }

  @Test
  default void nothingIsReadWhereNothingIs() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "nothing";
      assertThat(calls.clear(new Get(key, null))).isEqualTo(new Absent());
      assertThat(calls.clear(new Get(key, "\"0123\""))).isEqualTo(new Absent());
      assertThat(calls.list(key)).isEmpty();
    });
  }

  @Test
  default void whatIsThereIsNotCreatedAgain() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "slot";
      calls.create(key, bytes("one"));

      // Not even with the same bytes: a resent attempt must learn that it is one.
      for (String other : List.of("two", "one", "")) {
        assertThat(calls.clear(new Create(key, bytes(other)))).isEqualTo(new PreconditionFailed());
      }
      assertThat(calls.read(key).bytes()).isEqualTo(bytes("one"));
    });
  }

  @Test
  default void whatHasTheEtagIsReplaced() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "root";
      String first = calls.create(key, bytes("one"));
      String second = calls.stored(new Replace(key, bytes("two"), first));
      assertThat(second).isNotEqualTo(first);
      assertThat(calls.read(key).bytes()).isEqualTo(bytes("two"));

      // What a reader was told is as good as what the writer was told.
      String third = calls.stored(new Replace(key, bytes("three"), calls.read(key).etag()));
      assertThat(calls.read(key).etag()).isEqualTo(third);
    });
  }

  @Test
  default void whatHasAnotherEtagIsNotReplaced() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "root";
      String first = calls.create(key, bytes("one"));
      String second = calls.stored(new Replace(key, bytes("two"), first));

      for (String stale : List.of(first, "\"00000000000000000000000000000000\"")) {
        assertThat(calls.clear(new Replace(key, bytes("three"), stale)))
            .isEqualTo(new PreconditionFailed());
      }
      Found found = calls.read(key);
      assertThat(found.bytes()).isEqualTo(bytes("two"));
      assertThat(found.etag()).isEqualTo(second);
    });
  }

  @Test
  default void nothingIsReplacedWhereNothingIs() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "root";
      String etag = calls.create(key, bytes("one"));
      assertThat(calls.clear(new Delete(key))).isEqualTo(new Deleted());

      // Servers differ about which of the two it is; both say that nothing was written.
      assertThat(calls.clear(new Replace(key, bytes("two"), etag)))
          .isIn(new Absent(), new PreconditionFailed());
      assertThat(calls.clear(new Get(key, null))).isEqualTo(new Absent());
    });
  }

  @Test
  default void aReadTellsWhetherTheObjectChanged() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "root";
      String first = calls.create(key, bytes("one"));
      assertThat(calls.clear(new Get(key, first))).isEqualTo(new Unchanged());

      String second = calls.stored(new Replace(key, bytes("two"), first));
      ObjectResult changed = calls.clear(new Get(key, first));
      assertThat(changed).isInstanceOf(Found.class);
      assertThat(((Found) changed).bytes()).isEqualTo(bytes("two"));
      assertThat(((Found) changed).etag()).isEqualTo(second);
      assertThat(calls.clear(new Get(key, second))).isEqualTo(new Unchanged());
    });
  }

  @Test
  default void aPutNeedsNoCondition() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "part";
      calls.stored(new Put(key, bytes("one")));
      String second = calls.stored(new Put(key, bytes("two")));

      Found found = calls.read(key);
      assertThat(found.bytes()).isEqualTo(bytes("two"));
      assertThat(found.etag()).isEqualTo(second);
    });
  }

  @Test
  default void whatIsDeletedIsGone() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "slot";
      calls.create(key, bytes("one"));
      assertThat(calls.clear(new Delete(key))).isEqualTo(new Deleted());

      assertThat(calls.clear(new Get(key, null))).isEqualTo(new Absent());
      assertThat(calls.list(bucket.prefix())).isEmpty();
      assertThat(calls.clear(new Delete(key))).isEqualTo(new Deleted());
    });
  }

  /** The trap that the protocol lives with: a deletion lets a late create succeed. */
  @Test
  default void whatIsDeletedMayBeCreatedAgain() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "slot";
      calls.create(key, bytes("one"));
      calls.clear(new Delete(key));
      calls.create(key, bytes("two"));
      assertThat(calls.read(key).bytes()).isEqualTo(bytes("two"));
    });
  }

  @Test
  default void objectsOfAllSizesComeBackWhole() throws IOException {
    with((bucket, store, calls) -> {
      Random random = new Random(7);
      for (int size : new int[] {0, 1, 72, 1023, 8192, 65_537, 1 << 20, 9 << 20}) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        String key = bucket.prefix() + "size-" + size;
        calls.create(key, bytes);
        assertThat(calls.read(key).bytes()).as("%s bytes", size).isEqualTo(bytes);
        assertThat(calls.list(key)).containsExactly(new Item(key, size));
      }
    });
  }

  @Test
  default void keysAreTakenAsTheyAre() throws IOException {
    with((bucket, store, calls) -> {
      List<String> names =
          List.of(
              "a",
              "a/b",
              "a/b/c",
              "A",
              "a.b",
              "a..b",
              "a b",
              "a+b",
              "a%20b",
              "a%2Fb",
              "a=b&c",
              "a?b",
              "a#b",
              "a:b",
              "a~b",
              "a'b",
              "a\"b",
              "a\\b",
              "a*b",
              "ä",
              "日本",
              "a-b_c",
              "x".repeat(200),
              "con",
              "log/0000000000000001/0000000000000002");
      for (String name : names) {
        calls.create(bucket.prefix() + name, bytes(name));
      }
      for (String name : names) {
        assertThat(calls.read(bucket.prefix() + name).bytes()).isEqualTo(bytes(name));
      }
      assertThat(keys(calls.list(bucket.prefix())))
          .containsExactlyInAnyOrderElementsOf(
              names.stream().map(name -> bucket.prefix() + name).toList());
    });
  }

  @Test
  default void aListHasTheKeysOfItsPrefix() throws IOException {
    with((bucket, store, calls) -> {
      String base = bucket.prefix();
      for (String name : List.of("log/1/1", "log/1/2", "log/10/1", "log/2/1", "root")) {
        calls.create(base + name, bytes(name));
      }
      assertThat(calls.list(base + "log/1/"))
          .containsExactlyInAnyOrder(new Item(base + "log/1/1", 7), new Item(base + "log/1/2", 7));
      assertThat(keys(calls.list(base + "log/1")))
          .containsExactlyInAnyOrder(base + "log/1/1", base + "log/1/2", base + "log/10/1");
      assertThat(keys(calls.list(base + "root"))).containsExactly(base + "root");
      assertThat(calls.list(base + "log/3/")).isEmpty();
      assertThat(calls.list(base)).hasSize(5);
    });
  }

  @Test
  default void aLongListHasEachKeyOnce() throws IOException {
    with((bucket, store, calls) -> {
      List<String> keys = new ArrayList<>();
      List<ObjectCalls.Call> inFlight = new ArrayList<>();
      for (int i = 0; i < 1200; i++) {
        String key = bucket.prefix() + "log/" + i % 7 + "/" + i;
        keys.add(key);
        inFlight.add(calls.begin(new Put(key, bytes(key))));
        if (inFlight.size() == 16) {
          calls.await(inFlight);
          inFlight.clear();
        }
      }
      calls.await(inFlight);
      assertThat(keys(calls.list(bucket.prefix()))).containsExactlyInAnyOrderElementsOf(keys);
    });
  }

  @Test
  default void whatWasReadStaysAsItWas() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "root";
      String etag = calls.create(key, bytes("one"));
      Found before = calls.read(key);
      calls.stored(new Replace(key, bytes("two"), etag));

      assertThat(before.bytes()).isEqualTo(bytes("one"));
      assertThat(before.etag()).isEqualTo(etag);
    });
  }

  @Test
  default void requestsAreCounted() throws IOException {
    with((bucket, store, calls) -> {
      String key = bucket.prefix() + "root";
      String etag = calls.create(key, bytes("12345"));
      calls.attempt(new Create(key, bytes("12345")));
      calls.stored(new Replace(key, bytes("1234567"), etag));
      calls.attempt(new Get(key, null));
      calls.attempt(new Get(bucket.prefix() + "nothing", null));
      calls.attempt(new Delete(key));
      calls.attempt(new ObjectRequest.List(bucket.prefix(), null));

      assertThat(store.counters())
          .containsEntry("create.stored", 1L)
          .containsEntry("create.precondition-failed", 1L)
          .containsEntry("replace.stored", 1L)
          .containsEntry("get.found", 1L)
          .containsEntry("get.absent", 1L)
          .containsEntry("delete.deleted", 1L)
          .containsEntry("list.listed", 1L)
          .containsEntry("bytes.up", 17L)
          .containsEntry("bytes.down", 7L);
    });
  }

  @Test
  default void closingAnswersWhatIsUnderWay() throws IOException {
    try (ObjectBucket bucket = bucket()) {
      List<ObjectCalls.Call> inFlight = new ArrayList<>();
      ObjectCalls calls;
      try (ObjectStore store = bucket.open()) {
        calls = new ObjectCalls(bucket, store);
        for (int i = 0; i < 100; i++) {
          inFlight.add(calls.begin(new Create(bucket.prefix() + i, bytes("one"))));
        }
      }
      for (ObjectResult result : calls.await(inFlight)) {
        assertThat(result).isInstanceOfAny(Stored.class, ObjectResult.Unclear.class);
      }
      // A loop that has not yet heard of the closing may go on asking.
      assertThat(calls.attempt(new Get(bucket.prefix() + "1", null)))
          .isInstanceOf(ObjectResult.Unclear.class);
    }
  }

  @Test
  default void whatWasStoredOutlivesTheStore() throws IOException {
    try (ObjectBucket bucket = bucket()) {
      String key = bucket.prefix() + "root";
      String etag;
      try (ObjectStore store = bucket.open()) {
        etag = new ObjectCalls(bucket, store).create(key, bytes("one"));
      }
      try (ObjectStore store = bucket.open()) {
        Found found = new ObjectCalls(bucket, store).read(key);
        assertThat(found.bytes()).isEqualTo(bytes("one"));
        assertThat(found.etag()).isEqualTo(etag);
      }
    }
  }

  @Test
  default void storesOfOneBucketSeeEachOther() throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore one = bucket.open();
        ObjectStore two = bucket.open()) {
      ObjectCalls left = new ObjectCalls(bucket, one);
      ObjectCalls right = new ObjectCalls(bucket, two);
      String key = bucket.prefix() + "root";
      String etag = left.create(key, bytes("0"));
      for (int i = 1; i <= 20; i++) {
        ObjectCalls writer = i % 2 == 0 ? left : right;
        ObjectCalls reader = i % 2 == 0 ? right : left;
        assertThat(reader.clear(new Get(key, etag))).isEqualTo(new Unchanged());
        etag = writer.stored(new Replace(key, bytes("" + i), etag));
        assertThat(reader.read(key).bytes()).isEqualTo(bytes("" + i));
      }
    }
  }

  @Test
  default void severalThreadsMaySubmit() throws Exception {
    try (ObjectBucket bucket = bucket();
        ObjectStore store = bucket.open()) {
      assumeTrue(bucket.threaded(), "one thread runs everything");
      ObjectCalls calls = new ObjectCalls(bucket, store);
      Function<Integer, String> key = i -> bucket.prefix() + "thread-" + i;
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int own = i;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  String etag = calls.create(key.apply(own), bytes("0"));
                  for (int n = 1; n <= 10; n++) {
                    etag = calls.stored(new Replace(key.apply(own), bytes("" + n), etag));
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (int i = 0; i < threads.size(); i++) {
        assertThat(calls.read(key.apply(i)).bytes()).isEqualTo(bytes("10"));
      }
    }
  }

  private static List<String> keys(List<Item> items) {
    return items.stream().map(Item::key).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
