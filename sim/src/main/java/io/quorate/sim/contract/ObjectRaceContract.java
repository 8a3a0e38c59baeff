// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectRequest.Create;
import io.quorate.core.protocol.ObjectRequest.Delete;
import io.quorate.core.protocol.ObjectRequest.Get;
import io.quorate.core.protocol.ObjectRequest.Replace;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.ObjectResult.Found;
import io.quorate.core.protocol.ObjectResult.Stored;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link ObjectStore} owes to several writers of one key: requests are under way at the
 * same time, through several stores, as several nodes would send them.
 */
@Tag("contract")
@Timeout(300)
public interface ObjectRaceContract {
  /** Requests that race for one key. */
  int WRITERS = 16;

  /** A fresh, empty bucket; closed by the test. */
  ObjectBucket bucket() throws IOException;

  /** Sends one request of each writer at once, by turns through each store; their answers. */
  private static List<ObjectResult> race(List<ObjectCalls> stores, List<ObjectRequest> requests) {
    List<ObjectCalls.Call> calls = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      calls.add(stores.get(i % stores.size()).begin(requests.get(i)));
    }
    return stores.get(0).await(calls);
  }

  /** Checks that one writer at most was told that it won, and that its bytes are there. */
  private static void assertOneWinner(
      ObjectCalls reader, List<ObjectRequest> requests, List<ObjectResult> results, int round) {
    List<Integer> winners = new ArrayList<>();
    List<Integer> perhaps = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      ObjectResult result = results.get(i);
      if (result instanceof Stored) {
        winners.add(i);
      } else if (!ObjectCalls.isClear(result)) {
        perhaps.add(i);
      } else {
        assertThat(result)
            .as("a loser in round %s", round)
            .isInstanceOf(ObjectResult.PreconditionFailed.class);
      }
    }
    assertThat(winners).as("winners of round %s", round).hasSizeLessThanOrEqualTo(1);
    Found found = reader.read(requests.get(0).key());
    List<Integer> authors = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      if (Arrays.equals(body(requests.get(i)), found.bytes())) {
        authors.add(i);
      }
    }
    // A store that cannot tell a loser what happened leaves it to be read back.
    assertThat(authors).as("what is there after round %s", round).hasSize(1);
    assertThat(winners.isEmpty() ? perhaps : winners).contains(authors.get(0));
    for (ObjectResult result : results) {
      if (result instanceof Stored stored) {
        assertThat(found.etag()).isEqualTo(stored.etag());
      }
    }
  }

  private static byte[] body(ObjectRequest request) {
    return switch (request) {
      case Create create -> create.bytes();
      case Replace replace -> replace.bytes();
      case ObjectRequest.Put put -> put.bytes();
      case Get get -> new byte[0];
      case Delete delete -> new byte[0];
      case ObjectRequest.List list -> new byte[0];
    };
  }

  @Test
  default void ofManyCreatesOneWins() throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore one = bucket.open();
        ObjectStore two = bucket.open()) {
      List<ObjectCalls> stores =
          List.of(new ObjectCalls(bucket, one), new ObjectCalls(bucket, two));
      for (int round = 0; round < bucket.rounds(); round++) {
        String key = bucket.prefix() + "slot-" + round;
        List<ObjectRequest> requests = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          requests.add(new Create(key, bytes("writer " + writer + " of round " + round)));
        }
        List<ObjectResult> results = race(stores, requests);
        assertOneWinner(stores.get(round % 2), requests, results, round);
      }
    }
  }

  @Test
  default void ofManyReplacementsOneWins() throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore one = bucket.open();
        ObjectStore two = bucket.open()) {
      List<ObjectCalls> stores =
          List.of(new ObjectCalls(bucket, one), new ObjectCalls(bucket, two));
      String key = bucket.prefix() + "root";
      String etag = stores.get(0).create(key, bytes("before"));
      for (int round = 0; round < bucket.rounds(); round++) {
        List<ObjectRequest> requests = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          requests.add(new Replace(key, bytes("writer " + writer + " of round " + round), etag));
        }
        List<ObjectResult> results = race(stores, requests);
        assertOneWinner(stores.get(round % 2), requests, results, round);
        etag = stores.get(0).read(key).etag();
      }
    }
  }

  @Test
  default void aSealAndDataRaceForOneSlot() throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore leader = bucket.open();
        ObjectStore sealer = bucket.open()) {
      List<ObjectCalls> stores =
          List.of(new ObjectCalls(bucket, leader), new ObjectCalls(bucket, sealer));
      for (int round = 0; round < 2 * bucket.rounds(); round++) {
        String key = bucket.prefix() + "slot-" + round;
        ObjectRequest data = new Create(key, new byte[20_000]);
        ObjectRequest seal = new Create(key, bytes("seal"));
        List<ObjectRequest> requests =
            round % 2 == 0 ? List.of(data, seal, data) : List.of(seal, data);
        List<ObjectResult> results = race(stores, requests);
        long stored = results.stream().filter(Stored.class::isInstance).count();
        assertThat(stored).isLessThanOrEqualTo(1);
        Found found = stores.get(0).read(key);
        assertThat(found.bytes().length).isIn(4, 20_000);
      }
    }
  }

  /** A counter kept by compare-and-swap loses nothing that was acknowledged. */
  @Test
  default void aCounterLosesNothing() throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore one = bucket.open();
        ObjectStore two = bucket.open()) {
      List<ObjectCalls> stores =
          List.of(new ObjectCalls(bucket, one), new ObjectCalls(bucket, two));
      String key = bucket.prefix() + "root";
      stores.get(0).create(key, bytes("0 nobody"));
      int acknowledged = 0;
      for (int round = 0; round < bucket.rounds(); round++) {
        Found seen = stores.get(round % 2).read(key);
        long count = count(seen.bytes());
        List<ObjectRequest> requests = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          byte[] next = bytes((count + 1) + " " + round + "/" + writer);
          requests.add(new Replace(key, next, seen.etag()));
        }
        List<ObjectResult> results = race(stores, requests);
        Found now = stores.get((round + 1) % 2).read(key);
        // One of them was executed, whoever was told so.
        assertThat(count(now.bytes())).isEqualTo(count + 1);
        acknowledged += (int) results.stream().filter(Stored.class::isInstance).count();
        assertThat(acknowledged).isLessThanOrEqualTo(round + 1);
      }
      assertThat(count(stores.get(1).read(key).bytes())).isEqualTo(bucket.rounds());
    }
  }

  /**
   * Reads beside replacements: each object whole, under its own ETag, never missing, never older.
   */
  @Test
  default void readsBesideReplacementsAreWholeAndNeverOlder() throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore one = bucket.open();
        ObjectStore two = bucket.open()) {
      ObjectCalls writer = new ObjectCalls(bucket, one);
      ObjectCalls reader = new ObjectCalls(bucket, two);
      String key = bucket.prefix() + "root";
      TreeMap<String, Long> versions = new TreeMap<>();
      String etag = writer.create(key, versioned(0));
      versions.put(etag, 0L);
      for (long version = 1; version <= 2L * bucket.rounds(); version++) {
        List<ObjectCalls.Call> calls = new ArrayList<>();
        ObjectCalls.Call before = reader.begin(new Get(key, null));
        ObjectCalls.Call write = writer.begin(new Replace(key, versioned(version), etag));
        for (int i = 0; i < 4; i++) {
          calls.add((i % 2 == 0 ? reader : writer).begin(new Get(key, null)));
        }
        calls.add(before);
        ObjectResult written = writer.await(List.of(write)).get(0);
        assertThat(written).isInstanceOf(Stored.class);
        etag = ((Stored) written).etag();
        versions.put(etag, version);
        for (ObjectResult result : reader.await(calls)) {
          if (!ObjectCalls.isClear(result)) {
            continue;
          }
          assertThat(result).isInstanceOf(Found.class);
          Found found = (Found) result;
          long seen = version(found.bytes());
          assertThat(seen).isIn(version - 1, version);
          assertThat(versions).containsEntry(found.etag(), seen);
        }
        assertThat(version(reader.read(key).bytes())).isEqualTo(version);
      }
    }
  }

  /** A key that is created, deleted and created again never shows anything but what was written. */
  @Test
  default void createsAndDeletesOfOneKeyDoNotMix() throws IOException {
    try (ObjectBucket bucket = bucket();
        ObjectStore one = bucket.open();
        ObjectStore two = bucket.open()) {
      List<ObjectCalls> stores =
          List.of(new ObjectCalls(bucket, one), new ObjectCalls(bucket, two));
      String key = bucket.prefix() + "slot";
      for (int round = 0; round < bucket.rounds(); round++) {
        List<ObjectRequest> requests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          requests.add(new Create(key, versioned(round * 3L + i)));
          requests.add(new Delete(key));
          requests.add(new Get(key, null));
        }
        for (ObjectResult result : race(stores, requests)) {
          if (result instanceof Found found) {
            assertThat(version(found.bytes())).isBetween(0L, round * 3L + 2);
          } else {
            assertThat(result).isNotInstanceOf(ObjectResult.Refused.class);
          }
        }
        stores.get(0).clear(new Delete(key));
        assertThat(stores.get(1).clear(new Get(key, null))).isEqualTo(new ObjectResult.Absent());
      }
    }
  }

  private static long count(byte[] body) {
    return Long.parseLong(new String(body, StandardCharsets.UTF_8).split(" ")[0]);
  }

  /** A body of its own length in which a mixture with another one would show. */
  private static byte[] versioned(long version) {
    return bytes((version + " ").repeat((int) (50 + version * 37 % 400)));
  }

  private static long version(byte[] body) {
    long version = count(body);
    assertThat(body).isEqualTo(versioned(version));
    return version;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
