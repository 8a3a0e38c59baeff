// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.guice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.port.Backend;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.node.config.ConfigDocument;
import io.quorate.node.plugin.BackendPlugin;
import io.quorate.node.plugin.ObjectStorage;
import io.quorate.node.plugin.StartException;
import io.quorate.s3.S3Config;
import io.quorate.s3.S3Config.Append;
import io.quorate.s3.S3Config.ReadBarrier;
import io.quorate.s3.S3Config.Reads;
import io.quorate.s3.S3Config.Requests;
import io.quorate.s3.S3Config.Snapshots;
import io.quorate.s3.S3Config.Timing;
import io.quorate.s3.aws.BucketAccess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class S3PluginTest {
  private static final String LEAST = "bucket = orders";

  @TempDir Path temporary;

  private static ConfigDocument document(String text) {
    return ConfigDocument.parse("quorate.s3 {" + text + "}");
  }

  private static S3Plugin.Settings read(ConfigDocument document) {
    return S3Plugin.read(document.section("quorate").section("s3"));
  }

  private static Injector injector(String text) {
    return Guice.createInjector(
        new S3Plugin().configure(document(text).section("quorate").section("s3")));
  }

  private static ObjectStore open(Injector injector) {
    return injector.getInstance(ObjectStorage.class).open(GroupId.of("orders"), NodeId.of("n1"));
  }

  @Test
  void aBucketAloneMeansTheDefaults() {
    ConfigDocument document = document(LEAST);
    S3Plugin.Settings settings = read(document);
    assertThat(settings.config()).isEqualTo(S3Config.defaults());
    assertThat(settings.place())
        .isEqualTo(new StorePlace.Bucket(BucketAccess.amazon("orders", null), true));
    assertThat(document.problems()).isEmpty();
  }

  @Test
  void aFolderCostsNothingAndIsNotSpared() {
    ConfigDocument document = document("store = folder, folder = data/bucket");
    S3Plugin.Settings settings = read(document);
    assertThat(settings.place()).isEqualTo(new StorePlace.Folder(Path.of("data/bucket")));
    assertThat(settings.config().append().putsPerSecondMax()).isZero();
    assertThat(document.problems()).isEmpty();
  }

  @Test
  void everyKeyIsRead() {
    ConfigDocument document =
        document(
            """
            store = bucket, bucket = orders, prefix = prod/eu, region = eu-central-1
            endpoint = "http://127.0.0.1:9000", path-style = false, credentials = none
            checksums = false, quoted-etags = true, probe = false, folder = unused
            heartbeat-interval = 100 ms, failure-timeout = 1 s, rank-stagger = 200 ms
            tail-quiet = 0 ms, step-down-after = 5 s, root-poll-interval = 2 s
            puts-in-flight = 7, put-bytes-in-flight-max = 3 MiB, batch-size-max = 2 MiB
            batch-commands-max = 99, linger = 5 ms, linger-max = 1 s
            max-puts-per-second = 50, put-burst = 9
            lease = 5 s, clock-drift-max-permille = 20, read-barrier = sent
            attempt-timeout = 1 s, attempt-timeout-max = 4 s, backoff-min = 20 ms
            backoff-max = 3 s, hedge = false, gets-in-flight = 3, get-bytes-in-flight-max = 5 MiB
            tail-poll-min = 30 ms, tail-poll-max = 700 ms
            snapshot-every-slots = 77, snapshot-part = 1 MiB, retain-slots = 9
            sweep-interval = 2 h
            """);
    S3Plugin.Settings settings = read(document);
    assertThat(settings.config())
        .isEqualTo(
            new S3Config(
                "prod/eu",
                new Timing(
                    Duration.ofMillis(100),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(200),
                    Duration.ZERO,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(2)),
                new Append(
                    7, 3 << 20, 2 << 20, 99, Duration.ofMillis(5), Duration.ofSeconds(1), 50, 9),
                new Reads(Duration.ofSeconds(5), 0.02, ReadBarrier.SENT),
                new Requests(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(4),
                    Duration.ofMillis(20),
                    Duration.ofSeconds(3),
                    false,
                    3,
                    5 << 20,
                    Duration.ofMillis(30),
                    Duration.ofMillis(700)),
                new Snapshots(77, 1 << 20, 9, Duration.ofHours(2))));
    assertThat(settings.place())
        .isEqualTo(
            new StorePlace.Bucket(
                new BucketAccess(
                    "orders",
                    "eu-central-1",
                    URI.create("http://127.0.0.1:9000"),
                    false,
                    new BucketAccess.Keys("quorate", "quorate"),
                    false,
                    true),
                false));
    document.refuseUnknownKeys("quorate");
    assertThat(document.problems()).isEmpty();
  }

  /** Servers other than Amazon's rarely have a host name for each bucket. */
  @Test
  void anEndpointMeansPathStyle() {
    StorePlace place = read(document(LEAST + ", endpoint = \"http://127.0.0.1:9000\"")).place();
    assertThat(place).isInstanceOf(StorePlace.Bucket.class);
    assertThat(((StorePlace.Bucket) place).access().pathStyle()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prefix = p | quorate.s3.bucket must be the name of a bucket",
        "bucket = Orders | quorate.s3.bucket (line 1) must be the name of a bucket",
        "store = folder | quorate.s3.folder must name a folder, since store = folder",
        "bucket = orders, endpoint = localhost | quorate.s3.endpoint (line 1) must be an address",
        "bucket = orders, store = disk | must be one of bucket, folder, was \"disk\"",
        "bucket = orders, puts-in-flight = 17 | between 1 and 16",
      })
  void whatIsWrongIsSaidWithItsKey(String text, String problem) {
    ConfigDocument document = document(text);
    read(document);
    assertThat(document.problems()).singleElement().asString().contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "heartbeat-interval = 2 s | quorate.s3.heartbeat-interval must be at most a third",
        "linger = 3 s | quorate.s3.linger-max must be between linger and 2 s",
        "prefix = \"/p/\" | quorate.s3.prefix must be at most 200 letters",
        "backoff-max = 1 ms | quorate.s3.backoff-max must be at least backoff-min",
      })
  void whatDoesNotGoTogetherIsRefusedAfterAllKeysWereRead(String text, String problem) {
    ConfigDocument document = document(LEAST + ", sweep-interval = 2 h, " + text);
    assertThatThrownBy(() -> read(document))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
    document.refuseUnknownKeys("quorate");
    assertThat(document.problems()).isEmpty();
  }

  @Test
  void bindsTheBackend() {
    Backend backend = injector(LEAST).getInstance(Backend.class);
    assertThat(backend.name()).isEqualTo("s3");
    assertThat(backend.needs()).isEqualTo(new Backend.Needs(true, 4 << 20, 10_000, 2_000, false));
  }

  @Test
  void opensAFolder() throws Exception {
    Path folder = temporary.resolve("bucket");
    try (ObjectStore store = open(injector("store = folder, folder = \"" + folder + "\""))) {
      CompletableFuture<ObjectResult> answer = new CompletableFuture<>();
      store.submit(
          new ObjectRequest.Get("absent", null), TimeUnit.SECONDS.toNanos(10), answer::complete);
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(new ObjectResult.Absent());
    }
  }

  @Test
  void aFolderThatCannotBeOneIsSaid() throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    Injector injector = injector("store = folder, folder = \"" + file.resolve("under") + "\"");
    assertThatThrownBy(() -> open(injector))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("cannot hold objects");
  }

  @Test
  void isFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(BackendPlugin.class).stream())
        .anySatisfy(plugin -> assertThat(plugin.get().name()).isEqualTo("s3"));
  }
}
