// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.aws;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.attempt.Attempts;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * A bucket behind the S3 protocol. Each request is one attempt: the SDK's retries are off, and its
 * HTTP client repeats nothing by itself. On {@code Stored} the object is as durable as the store
 * makes it; an error leaves behind what {@link ObjectResult} says.
 */
public final class AwsObjectStore implements ObjectStore {
  private static final int CONNECTIONS_MAX = 128;
  private static final int WAITING_MAX = 10_000;
  private static final int NETWORK_THREADS = 2;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /** Beyond any timeout of an attempt, which ends it first. */
  private static final Duration SILENCE_MAX = Duration.ofMinutes(2);

  private final BucketAccess access;
  private final Answers answers;
  private final Attempts attempts = new Attempts();
  private final S3AsyncClient client;
  private final SdkEventLoopGroup network;

  /** Signing takes time, and to find credentials the SDK may ask files and the network. */
  private final ExecutorService senders =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("s3-send-", 0).factory());

  private AwsObjectStore(BucketAccess access) {
    this.access = access;
    answers = new Answers(access);
    network =
        SdkEventLoopGroup.builder()
            .numberOfThreads(NETWORK_THREADS)
            .threadFactory(Thread.ofPlatform().daemon().name("s3-network-", 0).factory())
            .build();
    client = client(access, network);
  }

  /**
   * Opens a bucket. Asks nothing of it yet.
   *
   * @throws IllegalArgumentException if no region is given or found
   */
  public static AwsObjectStore open(BucketAccess access) {
    try {
      return new AwsObjectStore(access);
    } catch (SdkException e) {
      throw new IllegalArgumentException(
          "bucket %s cannot be used (%s): set its region".formatted(access.place(), e.getMessage()),
          e);
    }
  }

  private static S3AsyncClient client(BucketAccess access, SdkEventLoopGroup network) {
    S3AsyncClientBuilder builder =
        S3AsyncClient.builder()
            .httpClientBuilder(
                NettyNioAsyncHttpClient.builder()
                    .eventLoopGroup(network)
                    .maxConcurrency(CONNECTIONS_MAX)
                    .maxPendingConnectionAcquires(WAITING_MAX)
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .connectionAcquisitionTimeout(SILENCE_MAX)
                    .readTimeout(SILENCE_MAX)
                    .writeTimeout(SILENCE_MAX)
                    .tcpKeepAlive(true))
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            // A body in chunks needs a server that unpacks them, and ours fit into one piece.
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(access.pathStyle())
                    .chunkedEncodingEnabled(false)
                    .build());
    BucketAccess.Keys keys = access.keys();
    builder.credentialsProvider(
        keys == null
            ? DefaultCredentialsProvider.builder().build()
            : StaticCredentialsProvider.create(
                AwsBasicCredentials.create(keys.access(), keys.secret())));
    URI endpoint = access.endpoint();
    String region = access.region();
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
      // Servers other than Amazon's have one region and take any name for it.
      builder.region(region == null ? Region.US_EAST_1 : Region.of(region));
    } else if (region != null) {
      builder.region(Region.of(region));
    }
    return builder.build();
  }

  @Override
  public void submit(ObjectRequest request, long timeoutNanos, Listener listener) {
    CompletableFuture<ObjectResult> answer = attempts.begin(request, timeoutNanos, listener);
    try {
      senders.execute(() -> send(request, answer));
    } catch (RejectedExecutionException e) {
      // Closed: the attempts know it, or will at once.
      answer.complete(new ObjectResult.Unclear("the store was closed"));
    }
  }

  private void send(ObjectRequest request, CompletableFuture<ObjectResult> answer) {
    if (answer.isDone()) {
      return;
    }
    try {
      CompletableFuture<ObjectResult> attempt = attempt(request);
      // Who waits no longer needs the connection no longer.
      var unusedCut = answer.thenRun(() -> attempt.cancel(true));
      var unusedTold =
          attempt.whenComplete((result, failure) ->
              answer.complete(failure == null ? result : answers.of(request, failure)));
    } catch (RuntimeException e) {
      answer.complete(answers.of(request, e));
    }
  }

  private CompletableFuture<ObjectResult> attempt(ObjectRequest request) {
    return switch (request) {
      case ObjectRequest.Get get -> get(get);
      case ObjectRequest.Create create ->
          put(put(create.key(), create.bytes()).ifNoneMatch("*").build(), create.bytes());
      case ObjectRequest.Replace replace ->
          put(
              put(replace.key(), replace.bytes()).ifMatch(condition(replace.etag())).build(),
              replace.bytes());
      case ObjectRequest.Put put -> put(put(put.key(), put.bytes()).build(), put.bytes());
      case ObjectRequest.Delete delete -> delete(delete.key());
      case ObjectRequest.List list -> list(list.key(), list.continuation());
    };
  }

  private CompletableFuture<ObjectResult> get(ObjectRequest.Get get) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(access.bucket())
            .key(get.key())
            .ifNoneMatch(get.unlessEtag())
            .build();
    var sent = client.getObject(request, AsyncResponseTransformer.toBytes());
    return linked(
        sent,
        sent.thenApply(found ->
            found.response().eTag() == null
                ? withoutEtag()
                : new ObjectResult.Found(found.asByteArrayUnsafe(), found.response().eTag())));
  }

  private PutObjectRequest.Builder put(String key, byte[] bytes) {
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(access.bucket())
            .key(key)
            .contentType("application/octet-stream")
            .contentLength((long) bytes.length);
    return access.checksums() ? put.checksumCRC32C(crc32c(bytes)) : put;
  }

  private CompletableFuture<ObjectResult> put(PutObjectRequest request, byte[] bytes) {
    var sent = client.putObject(request, AsyncRequestBody.fromBytesUnsafe(bytes));
    return linked(
        sent,
        sent.thenApply(stored ->
            stored.eTag() == null ? withoutEtag() : new ObjectResult.Stored(stored.eTag())));
  }

  private CompletableFuture<ObjectResult> delete(String key) {
    var sent =
        client.deleteObject(DeleteObjectRequest.builder().bucket(access.bucket()).key(key).build());
    return linked(sent, sent.thenApply(deleted -> new ObjectResult.Deleted()));
  }

  private CompletableFuture<ObjectResult> list(String prefix, @Nullable String continuation) {
    var sent =
        client.listObjectsV2(
            ListObjectsV2Request.builder()
                .bucket(access.bucket())
                .prefix(prefix)
                .continuationToken(continuation)
                .build());
    return linked(sent, sent.thenApply(AwsObjectStore::listed));
  }

  private static ObjectResult listed(ListObjectsV2Response page) {
    List<ObjectResult.Item> items =
        page.contents().stream()
            .map(object -> new ObjectResult.Item(object.key(), object.size()))
            .toList();
    boolean more = Boolean.TRUE.equals(page.isTruncated());
    return new ObjectResult.Listed(items, more ? page.nextContinuationToken() : null);
  }

  /** The result of what was sent; to cancel it cancels what was sent. */
  private static CompletableFuture<ObjectResult> linked(
      CompletableFuture<?> sent, CompletableFuture<? extends ObjectResult> result) {
    CompletableFuture<ObjectResult> linked = new CompletableFuture<>();
    var unusedTold =
        result.whenComplete((value, failure) -> {
          if (failure == null) {
            linked.complete(value);
          } else {
            linked.completeExceptionally(failure);
          }
        });
    var unusedCut =
        linked.whenComplete((value, failure) -> {
          if (linked.isCancelled()) {
            sent.cancel(true);
          }
        });
    return linked;
  }

  private ObjectResult withoutEtag() {
    return new ObjectResult.Unclear(access.place() + ": it answered without an ETag");
  }

  private String condition(String etag) {
    boolean quoted = etag.length() > 1 && etag.startsWith("\"") && etag.endsWith("\"");
    return quoted && !access.quotedEtags() ? etag.substring(1, etag.length() - 1) : etag;
  }

  private static String crc32c(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
  }

  @Override
  public SortedMap<String, Long> counters() {
    return attempts.counters();
  }

  @Override
  public void close() {
    attempts.close();
    senders.shutdown();
    client.close();
    var unused = network.eventLoopGroup().shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
