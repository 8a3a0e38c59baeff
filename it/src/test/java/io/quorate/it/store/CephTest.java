// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.aws.AwsObjectStore;
import io.quorate.s3.probe.ProbeOptions;
import io.quorate.s3.probe.ProbeReport;
import io.quorate.s3.probe.StoreProbe;
import io.quorate.sim.contract.ObjectBucket;
import io.quorate.sim.contract.ObjectStoreContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The RADOS gateway of Ceph, an S3 server that is not ours and keeps its promises: run by {@code
 * mvn verify -Pceph}.
 */
@Tag("ceph")
@Timeout(600)
final class CephTest implements ObjectStoreContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);

  @TempDir private static Path folder;
  private static CephGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    gateway = CephGateway.start(folder.resolve("ceph"));
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  @Override
  public ObjectBucket bucket() {
    String prefix = "contract-" + BUCKETS.incrementAndGet() + "/";
    return new ObjectBucket() {
      @Override
      public ObjectStore open() {
        return AwsObjectStore.open(gateway.bucket());
      }

      @Override
      public String prefix() {
        return prefix;
      }

      @Override
      public int rounds() {
        return 20;
      }
    };
  }

  @Test
  void theProbeFindsItFit() {
    try (AwsObjectStore store = AwsObjectStore.open(gateway.bucket())) {
      ProbeReport report = StoreProbe.run(store, "probe/", ProbeOptions.THOROUGH);
      assertThat(report.refusal("the gateway")).isEmpty();
      assertThat(report.leftBehind()).isEmpty();
    }
  }

  /** What it acknowledged is there after all of its daemons were killed under load. */
  @Test
  void whatWasAcknowledgedSurvivesACrash() throws Exception {
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    try (AwsObjectStore store = AwsObjectStore.open(gateway.bucket())) {
      AtomicBoolean crashed = new AtomicBoolean();
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String prefix = "crash/" + i + "/";
        writers.add(Thread.ofPlatform().start(() -> write(store, prefix, crashed, acknowledged)));
      }
      while (acknowledged.size() < 100) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      gateway.crash();
      crashed.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
      for (String key : acknowledged) {
        assertThat(call(store, new ObjectRequest.Get(key, null)))
            .isInstanceOfSatisfying(
                ObjectResult.Found.class,
                found -> assertThat(found.bytes()).asString().isEqualTo(key));
      }
    }
  }

  /** Creates objects one after the other until the crash is over. */
  private static void write(
      AwsObjectStore store, String prefix, AtomicBoolean crashed, Queue<String> acknowledged) {
    for (int n = 0; !crashed.get(); n++) {
      String key = prefix + n;
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      if (call(store, new ObjectRequest.Create(key, bytes)) instanceof ObjectResult.Stored) {
        acknowledged.add(key);
      } else {
        // While nobody is there, requests fail at once.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private static ObjectResult call(AwsObjectStore store, ObjectRequest request) {
    CompletableFuture<ObjectResult> result = new CompletableFuture<>();
    store.submit(request, TIMEOUT_NANOS, result::complete);
    return result.join();
  }
}
