// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AwsObjectStoreTest {
  private static final ObjectRequest CREATE = new ObjectRequest.Create("log/1", new byte[] {7, 8});

  @Test
  void aServerThatDoesNotAnswerLeavesItUnclearInTime() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(exchange -> {
              try {
                over.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
        AwsObjectStore store = AwsObjectStore.open(server.access())) {
      ObjectResult result = ScriptedServer.call(store, CREATE, TimeUnit.MILLISECONDS.toNanos(1500));
      assertThat(result).isEqualTo(new ObjectResult.Unclear("no answer within 1500 ms"));
      assertThat(store.counters()).containsEntry("create.unclear", 1L);
      over.countDown();
    }
  }

  @Test
  void closingLeavesWhatIsUnderWayUnclear() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch came = new CountDownLatch(1);
    CompletableFuture<ObjectResult> result = new CompletableFuture<>();
    try (ScriptedServer server =
        new ScriptedServer(exchange -> {
          came.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        })) {
      try (AwsObjectStore store = AwsObjectStore.open(server.access())) {
        store.submit(CREATE, TimeUnit.MINUTES.toNanos(1), result::complete);
        assertThat(came.await(30, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(result.join()).isInstanceOf(ObjectResult.Unclear.class);
      over.countDown();
    }
  }

  @Test
  void aLostConnectionLeavesItUnclearAndIsNotRepeated() throws IOException {
    try (ScriptedServer server = new ScriptedServer(exchange -> {})) {
      assertThat(server.call(CREATE)).isInstanceOf(ObjectResult.Unclear.class);
      assertThat(server.seen()).hasSize(1);
    }
  }

  /** The first request leaves its connection in the pool; the server cuts it under the second. */
  @Test
  void aPooledConnectionThatIsLostIsNotRepeatedEither() throws IOException {
    List<String> keys = new ArrayList<>();
    try (ScriptedServer server =
            new ScriptedServer(exchange -> {
              keys.add(exchange.getRequestURI().getPath());
              if (keys.size() == 1) {
                exchange.getResponseHeaders().set("ETag", "\"abc\"");
                exchange.sendResponseHeaders(200, -1);
              }
            });
        AwsObjectStore store = AwsObjectStore.open(server.access())) {
      assertThat(ScriptedServer.call(store, new ObjectRequest.Put("one", new byte[1])))
          .isEqualTo(new ObjectResult.Stored("\"abc\""));
      assertThat(ScriptedServer.call(store, CREATE)).isInstanceOf(ObjectResult.Unclear.class);
      assertThat(keys).containsExactly("/orders/one", "/orders/log/1");
    }
  }

  @Test
  void nobodyAtTheEndpointIsUnclearAndNamed() throws IOException {
    try (Socket held = new Socket()) {
      // Bound and not listening: refuses, and nobody else gets it.
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      URI endpoint = URI.create("http://127.0.0.1:" + held.getLocalPort());
      refused(endpoint);
    }
  }

  /**
   * The SDK loses one refused connection in seventy: of that attempt nothing is heard, and only its
   * own time ends it. So a few are made.
   */
  private static void refused(URI endpoint) {
    try (AwsObjectStore store =
        AwsObjectStore.open(BucketAccess.at(endpoint, "orders").withKeys(ScriptedServer.KEYS))) {
      List<String> told = new ArrayList<>();
      while (told.size() < 5 && told.stream().noneMatch(each -> each.contains("refused"))) {
        ObjectResult result = ScriptedServer.call(store, CREATE, TimeUnit.SECONDS.toNanos(3));
        assertThat(result).isInstanceOf(ObjectResult.Unclear.class);
        told.add(((ObjectResult.Unclear) result).what());
      }
      assertThat(told.getLast()).startsWith("orders at " + endpoint).contains("Connection refused");
    }
  }

  @Test
  void aCreateSaysIfNoneMatchAndItsChecksum() throws IOException {
    try (ScriptedServer server = ScriptedServer.storing()) {
      assertThat(server.call(CREATE)).isEqualTo(new ObjectResult.Stored("\"abc\""));

      ScriptedServer.Seen put = server.seen().get(0);
      assertThat(put.method()).isEqualTo("PUT");
      assertThat(put.path()).isEqualTo("/orders/log/1");
      assertThat(put.headers().getFirst("If-None-Match")).isEqualTo("*");
      assertThat(put.headers().getFirst("If-Match")).isNull();
      assertThat(put.headers().getFirst("x-amz-checksum-crc32c")).isEqualTo("AdXmWA==");
      // Not in chunks: servers other than Amazon's stumble over them.
      assertThat(put.headers().getFirst("Content-Encoding")).isNull();
      assertThat(put.headers().getFirst("x-amz-trailer")).isNull();
      assertThat(put.body()).containsExactly(7, 8);
    }
  }

  @Test
  void checksumsCanBeLeftOut() throws IOException {
    try (ScriptedServer server = ScriptedServer.storing();
        AwsObjectStore store = AwsObjectStore.open(server.access().withChecksums(false))) {
      ScriptedServer.call(store, CREATE);
      assertThat(server.seen().get(0).headers().keySet())
          .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("checksum"));
    }
  }

  @Test
  void aReplacementNamesTheEtagBareOrQuoted() throws IOException {
    ObjectRequest replace = new ObjectRequest.Replace("root", new byte[1], "\"0a1b\"");
    try (ScriptedServer server = ScriptedServer.storing();
        AwsObjectStore bare = AwsObjectStore.open(server.access());
        AwsObjectStore quoted = AwsObjectStore.open(server.access().withQuotedEtags(true))) {
      ScriptedServer.call(bare, replace);
      ScriptedServer.call(quoted, replace);
      assertThat(server.seen())
          .extracting(seen -> seen.headers().getFirst("If-Match"))
          .containsExactly("0a1b", "\"0a1b\"");
    }
  }

  @Test
  void anAnswerWithoutAnEtagIsOfNoUse() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(exchange -> exchange.sendResponseHeaders(200, -1))) {
      assertThat(server.call(CREATE))
          .isInstanceOfSatisfying(
              ObjectResult.Unclear.class,
              unclear -> assertThat(unclear.what()).contains("without an ETag"));
    }
  }

  /** In a JVM of its own: its environment must have no credentials, and its screen is looked at. */
  @Test
  void missingCredentialsAreNamedAndNothingElseIsPrinted() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
            "-Dquorate.test.log=OFF",
            "-cp",
            System.getProperty("java.class.path"),
            WithoutCredentials.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    builder.environment().put("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    builder.environment().put("AWS_CONFIG_FILE", "/nonexistent");
    Process process = builder.start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = out.lines().toList();
      assertThat(lines).hasSize(1);
      assertThat(lines.get(0)).startsWith("Refused").contains("set AWS_ACCESS_KEY_ID");
    } finally {
      process.destroyForcibly();
    }
  }

  /** What the other JVM runs. */
  static final class WithoutCredentials {
    public static void main(String[] arguments) {
      BucketAccess access = BucketAccess.at(URI.create("http://127.0.0.1:9"), "orders");
      try (AwsObjectStore store = AwsObjectStore.open(access)) {
        System.out.println(ScriptedServer.call(store, CREATE));
      }
      System.exit(0);
    }
  }
}
