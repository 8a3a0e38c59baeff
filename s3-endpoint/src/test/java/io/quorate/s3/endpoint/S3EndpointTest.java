// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.aws.AwsObjectStore;
import io.quorate.s3.probe.ProbeOptions;
import io.quorate.s3.probe.StoreProbe;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server by plain HTTP, where the adapter's contract suite does not reach. */
@Timeout(120)
final class S3EndpointTest {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** What more of them find, the test of the probe shows. */
  private static final ProbeOptions FEW_ROUNDS =
      new ProbeOptions(8, 8, Duration.ofMillis(300), Duration.ofSeconds(5), Duration.ofSeconds(30));

  @TempDir Path temporary;

  private final HttpClient http = HttpClient.newHttpClient();

  private static S3Endpoint start() throws IOException {
    return S3Endpoint.start(S3Endpoint.Options.DEFAULT);
  }

  private HttpResponse<String> send(
      S3Endpoint endpoint, String method, String path, String body, String... headers)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.uri() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static ObjectResult call(AwsObjectStore store, ObjectRequest request) {
    CompletableFuture<ObjectResult> result = new CompletableFuture<>();
    store.submit(request, TIMEOUT_NANOS, result::complete);
    return result.join();
  }

  private static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).isLessThan(TIMEOUT_NANOS);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void aRestartOnTheFolderKeepsEverything() throws IOException {
    ObjectResult stored;
    S3Endpoint.Options options = S3Endpoint.Options.DEFAULT.withFolder(temporary);
    try (S3Endpoint endpoint = S3Endpoint.start(options);
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      stored = call(store, new ObjectRequest.Create("root", new byte[] {1}));
      assertThat(stored).isInstanceOf(ObjectResult.Stored.class);
    }
    try (S3Endpoint endpoint = S3Endpoint.start(options);
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      assertThat(call(store, new ObjectRequest.Create("root", new byte[] {2})))
          .isEqualTo(new ObjectResult.PreconditionFailed());
      String etag = ((ObjectResult.Stored) stored).etag();
      assertThat(call(store, new ObjectRequest.Get("root", etag)))
          .isEqualTo(new ObjectResult.Unchanged());
      assertThat(call(store, new ObjectRequest.Replace("root", new byte[] {3}, etag)))
          .isInstanceOf(ObjectResult.Stored.class);
    }
  }

  @Test
  void aRequestThatIsCutStoresNothing() throws IOException {
    try (S3Endpoint endpoint = start()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port())) {
        OutputStream out = socket.getOutputStream();
        out.write(
            "PUT /orders/slot HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf of it"
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
      await(() -> endpoint.counters().getOrDefault("request.cut", 0L) == 1);
      assertThat(send(endpoint, "GET", "/orders/slot", "").statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "bytes=0-3, 206, 0123, bytes 0-3/10",
    "bytes=4-4, 206, 4, bytes 4-4/10",
    "bytes=7-, 206, 789, bytes 7-9/10",
    "bytes=-2, 206, 89, bytes 8-9/10",
    "bytes=5-500, 206, 56789, bytes 5-9/10",
  })
  void aRangeIsAPart(String range, int status, String part, String contentRange)
      throws IOException {
    try (S3Endpoint endpoint = start()) {
      send(endpoint, "PUT", "/orders/part", "0123456789");
      HttpResponse<String> response = send(endpoint, "GET", "/orders/part", "", "Range", range);
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body()).isEqualTo(part);
      assertThat(response.headers().firstValue("Content-Range")).hasValue(contentRange);
    }
  }

  @Test
  void headTellsWithoutTheBody() throws IOException {
    try (S3Endpoint endpoint = start()) {
      send(endpoint, "PUT", "/orders/part", "0123456789");
      HttpResponse<String> there = send(endpoint, "HEAD", "/orders/part", "");
      assertThat(there.statusCode()).isEqualTo(200);
      assertThat(there.headers().firstValue("Content-Length")).hasValue("10");
      String etag = there.headers().firstValue("ETag").orElseThrow();
      assertThat(etag).isEqualTo("\"781e5e245d69b566979b86e28d23f2c7\"");

      assertThat(send(endpoint, "HEAD", "/orders/part", "", "If-None-Match", etag).statusCode())
          .isEqualTo(304);
      assertThat(send(endpoint, "GET", "/orders/part", "", "If-Match", "\"0\"").statusCode())
          .isEqualTo(412);
      assertThat(send(endpoint, "HEAD", "/orders/none", "").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void severalObjectsAreDeletedAtOnce() throws IOException {
    try (S3Endpoint endpoint = start()) {
      send(endpoint, "PUT", "/orders/a", "1");
      send(endpoint, "PUT", "/orders/b", "1");
      send(endpoint, "PUT", "/orders/c", "1");
      HttpResponse<String> response =
          send(
              endpoint,
              "POST",
              "/orders?delete",
              """
              <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
                <Object><Key>a</Key></Object>
                <Object><Key>c</Key></Object>
              </Delete>
              """);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("<Deleted><Key>a</Key></Deleted>");
      String list = send(endpoint, "GET", "/orders?list-type=2", "").body();
      assertThat(list).contains("<Key>b</Key>").doesNotContain("<Key>a</Key>");
      assertThat(list).contains("<KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys>");
    }
  }

  @Test
  void bodiesInChunksAreUnpacked() throws IOException {
    String chunked =
        """
        4;chunk-signature=0a\r
        1234\r
        5;chunk-signature=0b\r
        56789\r
        0;chunk-signature=0c\r
        x-amz-checksum-crc32c:4waSgw==\r
        \r
        """;
    try (S3Endpoint endpoint = start()) {
      String[] headers = {
        "x-amz-content-sha256",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length",
        "9",
        "Content-Encoding",
        "aws-chunked"
      };
      assertThat(send(endpoint, "PUT", "/orders/good", chunked, headers).statusCode())
          .isEqualTo(200);
      assertThat(send(endpoint, "GET", "/orders/good", "").body()).isEqualTo("123456789");

      HttpResponse<String> damaged =
          send(endpoint, "PUT", "/orders/bad", chunked.replace("1234", "1243"), headers);
      assertThat(damaged.statusCode()).isEqualTo(400);
      assertThat(damaged.body()).contains("<Code>BadDigest</Code>");
      assertThat(send(endpoint, "GET", "/orders/bad", "").statusCode()).isEqualTo(404);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "x-amz-checksum-crc32c, 4waSgw==, 200",
    "x-amz-checksum-crc32c, 4waSgg==, 400",
    "x-amz-checksum-crc32, y/Q5Jg==, 200",
    "x-amz-checksum-crc32, y/Q5JQ==, 400",
    "x-amz-checksum-sha256, FeKw09N8HSerxxJrwZepbnFgFkY+PDfwUPsr/I2IeOU=, 400",
    "x-amz-checksum-crc64nvme, AAAAAAAAAAA=, 200",
    "Content-MD5, JfnnlDI7RTiF9RgfG2JNCw==, 200",
    "Content-MD5, JfnnlDI7RTiF9RgfG2JNCg==, 400",
  })
  void checksumsAreVerified(String header, String value, int status) throws IOException {
    try (S3Endpoint endpoint = start()) {
      assertThat(send(endpoint, "PUT", "/orders/one", "123456789", header, value).statusCode())
          .isEqualTo(status);
      assertThat(send(endpoint, "GET", "/orders/one", "").statusCode())
          .isEqualTo(status == 200 ? 200 : 404);
    }
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "GET, /orders/none, '', '', 404, NoSuchKey",
    "GET, /other/none, '', '', 404, NoSuchBucket",
    "GET, /, '', '', 501, NotImplemented",
    "GET, /orders, '', '', 501, NotImplemented",
    "PUT, /orders/there, If-None-Match, *, 412, PreconditionFailed",
    "PUT, /orders/there, If-None-Match, \"0\", 501, NotImplemented",
    "PUT, /orders/there, If-Match, \"0\", 412, PreconditionFailed",
    "PUT, /orders/there, If-Match, 0, 412, PreconditionFailed",
    "PUT, /orders/none, If-Match, \"0\", 404, NoSuchKey",
    "PUT, /orders/there?partNumber=1&uploadId=1, '', '', 501, NotImplemented",
    "PUT, /orders/there, x-amz-copy-source, /orders/one, 501, NotImplemented",
    "GET, /orders/there, Range, bytes=10-, 416, InvalidRange",
    "DELETE, /orders/there, If-Match, \"0\", 501, NotImplemented",
    "PATCH, /orders/there, '', '', 405, MethodNotAllowed",
  })
  void errorsAreDocuments(
      String method, String path, String header, String value, int status, String code)
      throws IOException {
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT.withBucket("orders"))) {
      send(endpoint, "PUT", "/orders/there", "123");
      String[] headers = header.isEmpty() ? new String[0] : new String[] {header, value};
      HttpResponse<String> response = send(endpoint, method, path, "", headers);
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body())
          .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>")
          .contains("<Code>" + code + "</Code>", "<RequestId>");
      assertThat(send(endpoint, "GET", "/orders/there", "").body()).isEqualTo("123");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (S3Endpoint endpoint = start()) {
      assertThatThrownBy(
              () -> S3Endpoint.start(S3Endpoint.Options.DEFAULT.withPort(endpoint.port())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("port " + endpoint.port() + " is not free");
    }
  }

  @Test
  void theProbeFindsItFit() throws IOException {
    try (S3Endpoint endpoint = start();
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      var report = StoreProbe.run(store, "probe/", FEW_ROUNDS);
      assertThat(report.refusal("the endpoint")).isEmpty();
      assertThat(report.leftBehind()).isEmpty();
    }
  }

  @Test
  void theProbeFindsItFitWithFaults() throws IOException {
    Faults faults = Faults.parse("errors=0.02,lost=0.01,throttled=0.02,conflicts=0.05,seed=3");
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT.withFaults(faults));
        AwsObjectStore store = AwsObjectStore.open(EndpointBucket.access(endpoint))) {
      var report = StoreProbe.run(store, "probe/", FEW_ROUNDS);
      assertThat(report.refusal("the endpoint")).isEmpty();
      assertThat(endpoint.counters()).containsKeys("fault.throttled", "fault.conflict");
    }
  }
}
