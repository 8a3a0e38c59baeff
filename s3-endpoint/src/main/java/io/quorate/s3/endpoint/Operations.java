// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The operations of S3 on an {@link ObjectStore}, which sees to it that conditional writes are
 * atomic. An object's key there begins with its bucket.
 */
final class Operations {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int PAGE_KEYS_MAX = 1000;
  private static final String ANY = "*";

  private final ObjectStore objects;
  private final TreeSet<String> buckets;

  Operations(ObjectStore objects, TreeSet<String> buckets) {
    this.objects = objects;
    this.buckets = buckets;
  }

  S3Response execute(S3Request request) throws S3Error {
    if (request.bucket().isEmpty()) {
      throw S3Error.notImplemented("listing buckets");
    }
    if (!buckets.isEmpty() && !buckets.contains(request.bucket())) {
      throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    return request.key().isEmpty() ? executeOnBucket(request) : executeOnObject(request);
  }

  /** All objects, each with its bucket before its key. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    String continuation = null;
    do {
      ObjectResult page = call(new ObjectRequest.List("", continuation));
      if (!(page instanceof ObjectResult.Listed listed)) {
        throw new IllegalStateException("the objects cannot be listed: " + page);
      }
      listed.items().forEach(item -> keys.add(item.key()));
      continuation = listed.continuation();
    } while (continuation != null);
    return keys;
  }

  private S3Response executeOnBucket(S3Request request) throws S3Error {
    return switch (request.method()) {
      case "GET" -> list(request);
      // A bucket is there as soon as it is named.
      case "HEAD", "PUT" -> S3Response.empty(200);
      case "POST" -> deleteAll(request);
      default -> throw notAllowed(request);
    };
  }

  private S3Response executeOnObject(S3Request request) throws S3Error {
    if (!request.query().isEmpty()
        && !request.query().keySet().equals(new TreeSet<>(List.of("x-id")))) {
      throw S3Error.notImplemented("?" + String.join("&", request.query().keySet()));
    }
    return switch (request.method()) {
      case "GET", "HEAD" -> read(request);
      case "PUT" -> write(request);
      case "DELETE" -> delete(request);
      default -> throw notAllowed(request);
    };
  }

  private static S3Error notAllowed(S3Request request) {
    return new S3Error(
        405, "MethodNotAllowed", request.method() + " is not allowed against this resource");
  }

  private S3Response read(S3Request request) throws S3Error {
    String unless = request.header("If-None-Match");
    ObjectResult result =
        call(new ObjectRequest.Get(storedKey(request), unless == null ? null : quoted(unless)));
    if (result instanceof ObjectResult.Unchanged) {
      return S3Response.empty(304).with("ETag", quoted(String.valueOf(unless)));
    }
    if (!(result instanceof ObjectResult.Found found)) {
      throw error(result);
    }
    String match = request.header("If-Match");
    if (match != null && !match.equals(ANY) && !quoted(match).equals(found.etag())) {
      throw error(new ObjectResult.PreconditionFailed());
    }
    return range(request.header("Range"), found.bytes())
        .with("ETag", found.etag())
        .with("Accept-Ranges", "bytes")
        .with("Content-Type", "application/octet-stream");
  }

  /** The part that {@code bytes=from-to} names, {@code bytes=from-} or {@code bytes=-last}. */
  private static S3Response range(@Nullable String range, byte[] bytes) throws S3Error {
    if (range == null) {
      return new S3Response(200, S3Response.NONE.headers(), bytes);
    }
    if (!range.matches("bytes=(\\d{1,18}-\\d{0,18}|-\\d{1,18})")) {
      throw S3Error.notImplemented("the range " + range);
    }
    String[] ends = range.substring("bytes=".length()).split("-", 2);
    long from;
    long to = bytes.length - 1L;
    if (ends[0].isEmpty()) {
      from = Math.max(0, bytes.length - Long.parseLong(ends[1]));
    } else {
      from = Long.parseLong(ends[0]);
      to = ends[1].isEmpty() ? to : Math.min(to, Long.parseLong(ends[1]));
    }
    if (from > to) {
      throw new S3Error(416, "InvalidRange", "The requested range is not satisfiable");
    }
    byte[] part = Arrays.copyOfRange(bytes, (int) from, (int) to + 1);
    return new S3Response(206, S3Response.NONE.headers(), part)
        .with("Content-Range", "bytes %d-%d/%d".formatted(from, to, bytes.length));
  }

  private S3Response write(S3Request request) throws S3Error {
    String match = request.header("If-Match");
    String noneMatch = request.header("If-None-Match");
    String key = storedKey(request);
    if (request.header("x-amz-copy-source") != null) {
      throw S3Error.notImplemented("copying");
    }
    if (noneMatch != null && (match != null || !noneMatch.equals(ANY))) {
      throw S3Error.notImplemented("a write with If-None-Match other than *");
    }
    ObjectRequest write;
    if (noneMatch != null) {
      write = new ObjectRequest.Create(key, request.body());
    } else if (match != null) {
      write = new ObjectRequest.Replace(key, request.body(), quoted(match));
    } else {
      write = new ObjectRequest.Put(key, request.body());
    }
    ObjectResult result = call(write);
    if (result instanceof ObjectResult.Stored stored) {
      return S3Response.empty(200).with("ETag", stored.etag());
    }
    throw error(result);
  }

  private S3Response delete(S3Request request) throws S3Error {
    if (request.header("If-Match") != null) {
      throw S3Error.notImplemented("a conditional delete");
    }
    ObjectResult result = call(new ObjectRequest.Delete(storedKey(request)));
    if (result instanceof ObjectResult.Deleted) {
      return S3Response.empty(204);
    }
    throw error(result);
  }

  private S3Response deleteAll(S3Request request) throws S3Error {
    if (!request.query().containsKey("delete")) {
      throw S3Error.notImplemented("this POST");
    }
    List<String> keys = Xml.keysToDelete(request.body());
    for (String key : keys) {
      ObjectResult result = call(new ObjectRequest.Delete(request.bucket() + "/" + key));
      if (!(result instanceof ObjectResult.Deleted)) {
        throw error(result);
      }
    }
    return S3Response.document(200, Xml.deleted(keys));
  }

  private S3Response list(S3Request request) throws S3Error {
    for (String name : List.of("delimiter", "start-after", "versions", "uploads", "location")) {
      if (request.query().containsKey(name)) {
        throw S3Error.notImplemented("?" + name);
      }
    }
    if (!"2".equals(request.query().get("list-type"))) {
      throw S3Error.notImplemented("a list other than ListObjectsV2");
    }
    if (request.query().getOrDefault("max-keys", "1000").length() < 4) {
      throw S3Error.notImplemented("a page of fewer than 1000 keys");
    }
    String prefix = request.query().getOrDefault("prefix", "");
    ObjectResult result =
        call(
            new ObjectRequest.List(
                request.bucket() + "/" + prefix, request.query().get("continuation-token")));
    if (!(result instanceof ObjectResult.Listed listed)) {
      throw error(result);
    }
    List<ObjectResult.Item> items = new ArrayList<>();
    for (ObjectResult.Item item : listed.items()) {
      String key = item.key().substring(request.bucket().length() + 1);
      items.add(new ObjectResult.Item(key, item.sizeBytes()));
    }
    boolean urlEncoded = "url".equals(request.query().get("encoding-type"));
    Xml.ListQuery query = new Xml.ListQuery(request.bucket(), prefix, PAGE_KEYS_MAX, urlEncoded);
    return S3Response.document(200, Xml.list(query, items, listed.continuation()));
  }

  private static String storedKey(S3Request request) {
    return request.bucket() + "/" + request.key();
  }

  private static String quoted(String etag) {
    return etag.startsWith("\"") ? etag : '"' + etag + '"';
  }

  private ObjectResult call(ObjectRequest request) {
    CompletableFuture<ObjectResult> result = new CompletableFuture<>();
    objects.submit(request, TIMEOUT_NANOS, result::complete);
    return result.join();
  }

  private static S3Error error(ObjectResult result) {
    return switch (result) {
      case ObjectResult.Absent absent ->
          new S3Error(404, "NoSuchKey", "The specified key does not exist.");
      case ObjectResult.PreconditionFailed failed ->
          new S3Error(
              412,
              "PreconditionFailed",
              "At least one of the pre-conditions you specified did not hold");
      case ObjectResult.Conflict conflict ->
          new S3Error(409, "ConditionalRequestConflict", "A conflicting operation is under way");
      case ObjectResult.Throttled throttled ->
          new S3Error(503, "SlowDown", "Please reduce your request rate.");
      case ObjectResult.Refused refused -> new S3Error(403, "AccessDenied", refused.what());
      case ObjectResult.Unclear unclear -> new S3Error(500, "InternalError", unclear.what());
      case ObjectResult.Stored stored -> unexpected(result);
      case ObjectResult.Deleted deleted -> unexpected(result);
      case ObjectResult.Found found -> unexpected(result);
      case ObjectResult.Unchanged unchanged -> unexpected(result);
      case ObjectResult.Listed listed -> unexpected(result);
    };
  }

  private static S3Error unexpected(ObjectResult result) {
    return new S3Error(500, "InternalError", "answered as " + result.getClass().getSimpleName());
  }
}
