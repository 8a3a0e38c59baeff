// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.aws.AwsObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class FaultsTest {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static ObjectResult call(AwsObjectStore store, ObjectRequest request) {
    CompletableFuture<ObjectResult> result = new CompletableFuture<>();
    store.submit(request, TIMEOUT_NANOS, result::complete);
    return result.join();
  }

  /** Creates while a fault strikes every request, then looks at what is there without faults. */
  private static List<ObjectResult> createAndLook(String faults, int count, List<Boolean> there)
      throws IOException {
    List<ObjectResult> results = new ArrayList<>();
    try (S3Endpoint endpoint =
            S3Endpoint.start(S3Endpoint.Options.DEFAULT.withFaults(Faults.parse(faults)));
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      for (int i = 0; i < count; i++) {
        results.add(call(store, new ObjectRequest.Create("slot-" + i, new byte[] {1})));
      }
      for (int i = 0; i < count; i++) {
        there.add(isThere(store, "slot-" + i));
      }
    }
    return results;
  }

  /** By reads that are repeated until one gets through. */
  private static boolean isThere(AwsObjectStore store, String key) {
    while (true) {
      ObjectResult result = call(store, new ObjectRequest.Get(key, null));
      if (result instanceof ObjectResult.Found) {
        return true;
      }
      if (result instanceof ObjectResult.Absent) {
        return false;
      }
    }
  }

  @Test
  void throttledIsNotExecuted() throws IOException {
    List<Boolean> there = new ArrayList<>();
    List<ObjectResult> results = createAndLook("throttled=0.5", 20, there);
    assertThat(results).contains(new ObjectResult.Throttled());
    for (int i = 0; i < results.size(); i++) {
      assertThat(there.get(i)).isEqualTo(results.get(i) instanceof ObjectResult.Stored);
    }
  }

  @Test
  void conflictIsNotExecuted() throws IOException {
    List<Boolean> there = new ArrayList<>();
    List<ObjectResult> results = createAndLook("conflicts=1", 5, there);
    assertThat(results).containsOnly(new ObjectResult.Conflict());
    assertThat(there).containsOnly(false);
  }

  @Test
  void anErrorWasExecutedOrNot() throws IOException {
    List<Boolean> there = new ArrayList<>();
    List<ObjectResult> results = createAndLook("errors=0.7,seed=5", 30, there);
    List<Boolean> unclear = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof ObjectResult.Unclear) {
        unclear.add(there.get(i));
      }
    }
    assertThat(unclear).contains(true, false);
  }

  @Test
  void aLostAnswerWasExecuted() throws IOException {
    List<Boolean> there = new ArrayList<>();
    List<ObjectResult> results = createAndLook("lost=0.5,seed=2", 20, there);
    assertThat(results).hasAtLeastOneElementOfType(ObjectResult.Unclear.class);
    assertThat(there).containsOnly(true);
  }

  @Test
  void aLateWriteIsExecutedAfterItsConnectionWasCut() throws IOException {
    Faults faults = Faults.parse("late=1,late-max-ms=400");
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT.withFaults(faults));
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      ObjectResult result = call(store, new ObjectRequest.Create("slot", new byte[] {1}));
      assertThat(result).isInstanceOf(ObjectResult.Unclear.class);
      long start = System.nanoTime();
      while (endpoint.objectsNow().isEmpty()) {
        assertThat(System.nanoTime() - start).isLessThan(TIMEOUT_NANOS);
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(endpoint.objectsNow()).containsExactly("orders/slot");
    }
  }

  @Test
  void faultsBeginAndEndWhenTheyAreToldTo() throws IOException {
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT);
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      endpoint.setFaults(Faults.parse("throttled=1"));
      assertThat(call(store, new ObjectRequest.Create("slot", new byte[] {1})))
          .isInstanceOf(ObjectResult.Throttled.class);

      endpoint.setFaults(Faults.NONE);
      assertThat(isThere(store, "slot")).isFalse();
    }
  }

  @Test
  void theSameSeedHasTheSameFaults() throws IOException {
    String faults = "errors=0.2,throttled=0.2,lost=0.2,conflicts=0.2,seed=9";
    List<String> first = outcomes(faults);
    assertThat(outcomes(faults)).isEqualTo(first);
    assertThat(outcomes(faults.replace("seed=9", "seed=10"))).isNotEqualTo(first);
  }

  private static List<String> outcomes(String faults) throws IOException {
    List<String> names = new ArrayList<>();
    for (ObjectResult result : createAndLook(faults, 12, new ArrayList<>())) {
      names.add(result.getClass().getSimpleName());
    }
    return names;
  }

  @Test
  void faultsAreReadFromText() {
    assertThat(Faults.parse("")).isEqualTo(Faults.NONE);
    assertThat(Faults.parse("errors=0.1, lost=0.2,seed=7"))
        .isEqualTo(new Faults(7, 0, 0, 0.1, 0.2, 0, 1000, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"errors", "errors=often", "mistakes=0.1", "errors=0.1 lost=0.2"})
  void whatIsNoFaultIsNamed(String text) {
    assertThatThrownBy(() -> Faults.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text)
        .hasMessageContaining("slow-lists");
  }

  @ParameterizedTest
  @ValueSource(strings = {"errors=1.1", "errors=-0.1", "errors=0.6,lost=0.6"})
  void sharesAreShares(String text) {
    assertThatThrownBy(() -> Faults.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 0 and 1");
  }

  /** The published figures: median and 99th percentile of small objects. */
  @ParameterizedTest
  @CsvSource({"STANDARD, true, 30, 160", "STANDARD, false, 20, 120", "EXPRESS, true, 5, 14"})
  void latencyIsAsPublished(Latency latency, boolean write, double medianMs, double p99Ms) {
    SplittableRandom random = new SplittableRandom(1);
    double[] sample =
        random.doubles(20_000).map(unused -> latency.nanos(write, random) / 1e6).sorted().toArray();
    assertThat(sample[10_000]).isBetween(medianMs * 0.95, medianMs * 1.05);
    assertThat(sample[19_800]).isBetween(p99Ms * 0.9, p99Ms * 1.1);
  }

  @Test
  void requestsTakeTheTimeOfTheProfile() throws IOException {
    try (S3Endpoint endpoint =
            S3Endpoint.start(S3Endpoint.Options.DEFAULT.withLatency(Latency.STANDARD));
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      call(store, new ObjectRequest.Put("first", new byte[1]));
      long start = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        call(store, new ObjectRequest.Put("slot-" + i, new byte[1]));
      }
      // Ten draws around 30 ms: less than a third of that would be no latency at all.
      assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }
}
