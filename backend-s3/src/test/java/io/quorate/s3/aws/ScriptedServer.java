// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.aws;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server that answers every request the same way, and remembers what it was sent. */
final class ScriptedServer implements AutoCloseable {
  static final BucketAccess.Keys KEYS = new BucketAccess.Keys("access", "secret");
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** What it does with a request. */
  interface Script {
    void answer(HttpExchange exchange) throws IOException;
  }

  /** A request as it came. */
  record Seen(String method, String path, Headers headers, byte[] body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  ScriptedServer(Script script) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            seen.add(
                new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    body));
            script.answer(exchange);
          }
        });
    server.start();
  }

  /** Answers with an error document. */
  static ScriptedServer failing(int status, String code, Map<String, String> headers)
      throws IOException {
    String xml =
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>so it is</Message></Error>"
            .formatted(code);
    return new ScriptedServer(exchange -> {
      headers.forEach(exchange.getResponseHeaders()::set);
      boolean empty = code.isEmpty() || status == 304;
      byte[] body = xml.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/xml");
      exchange.sendResponseHeaders(status, empty ? -1 : body.length);
      if (!empty) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    });
  }

  /** Answers that all is well, with an ETag. */
  static ScriptedServer storing() throws IOException {
    return new ScriptedServer(exchange -> {
      exchange.getResponseHeaders().set("ETag", "\"abc\"");
      exchange.sendResponseHeaders(200, -1);
    });
  }

  BucketAccess access() {
    return BucketAccess.at(uri(), "orders").withKeys(KEYS);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Seen> seen() {
    return seen;
  }

  /** One request by a store of its own. */
  ObjectResult call(ObjectRequest request) {
    try (AwsObjectStore store = AwsObjectStore.open(access())) {
      return call(store, request);
    }
  }

  static ObjectResult call(AwsObjectStore store, ObjectRequest request) {
    return call(store, request, TIMEOUT_NANOS);
  }

  static ObjectResult call(AwsObjectStore store, ObjectRequest request, long timeoutNanos) {
    CompletableFuture<ObjectResult> result = new CompletableFuture<>();
    store.submit(request, timeoutNanos, result::complete);
    return result.join();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
