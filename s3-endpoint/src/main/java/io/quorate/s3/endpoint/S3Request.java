// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request, taken apart.
 *
 * @param path as it came, for error documents
 * @param bucket empty: the request is about the server
 * @param key empty: the request is about the bucket
 */
record S3Request(
    String method,
    String path,
    String bucket,
    String key,
    Map<String, String> query,
    Headers headers,
    byte[] body) {

  /** Reads a request with its whole body. */
  static S3Request read(HttpExchange exchange) throws IOException, S3Error {
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = Bodies.read(exchange.getRequestHeaders(), in);
    }
    String path = exchange.getRequestURI().getRawPath();
    String resource = path.substring(1);
    int slash = resource.indexOf('/');
    String bucket = slash < 0 ? resource : resource.substring(0, slash);
    String key = slash < 0 ? "" : resource.substring(slash + 1);
    return new S3Request(
        exchange.getRequestMethod(),
        path,
        decodePath(bucket),
        decodePath(key),
        query(exchange.getRequestURI().getRawQuery()),
        exchange.getRequestHeaders(),
        body);
  }

  @Nullable String header(String name) {
    return headers.getFirst(name);
  }

  boolean lists() {
    return method.equals("GET") && key.isEmpty();
  }

  boolean writes() {
    return !method.equals("GET") && !method.equals("HEAD");
  }

  boolean conditionalWrite() {
    return writes() && (header("If-Match") != null || header("If-None-Match") != null);
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new TreeMap<>();
    for (String part : raw == null ? new String[0] : raw.split("&")) {
      String[] pair = part.split("=", 2);
      query.put(
          URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
          pair.length < 2 ? "" : URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  /** In a path, unlike in a query, a plus is a plus. */
  private static String decodePath(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
