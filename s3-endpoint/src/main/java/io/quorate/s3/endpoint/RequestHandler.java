// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.quorate.core.port.ObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** From HTTP to operations and back, through latency and faults. Safe for several threads. */
final class RequestHandler implements HttpHandler {
  private final Operations operations;
  private final ScheduledExecutorService late;
  private final Dice dice;
  private final AtomicLong requests = new AtomicLong();
  private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  RequestHandler(ObjectStore objects, S3Endpoint.Options options, ScheduledExecutorService late) {
    operations = new Operations(objects, options.buckets());
    this.late = late;
    dice = new Dice(options.latency(), options.faults());
  }

  void setFaults(Faults faults) {
    dice.set(faults);
  }

  SortedMap<String, Long> counters() {
    SortedMap<String, Long> picture = new TreeMap<>();
    counts.forEach((name, count) -> picture.put(name, count.sum()));
    return picture;
  }

  List<String> keys() {
    return operations.keys();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String id = "%016X".formatted(requests.incrementAndGet());
    try (exchange) {
      S3Request request;
      try {
        request = S3Request.read(exchange);
      } catch (IOException e) {
        // Cut in mid-request: what came is not the object, and nobody waits for an answer.
        count("request.cut");
        return;
      } catch (S3Error e) {
        respond(exchange, error(e, exchange.getRequestURI().getPath(), id), id);
        return;
      }
      add("bytes.up", request.body().length);
      Dice.Throw fate = dice.roll(request);
      pause(fate.nanosBefore());
      S3Response response = through(request, fate, id);
      pause(fate.nanosAfter());
      if (response.isNone()) {
        // Closing without an answer: the client sees a lost connection.
        return;
      }
      respond(exchange, response, id);
    }
  }

  /** Executes a request as its fate has it. */
  private S3Response through(S3Request request, Dice.Throw fate, String id) {
    if (fate.fault() != Dice.Fault.NONE) {
      count("fault." + fate.fault().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    return switch (fate.fault()) {
      case NONE -> execute(request, id);
      case THROTTLED ->
          error(new S3Error(503, "SlowDown", "Please reduce your request rate."), request, id);
      case CONFLICT ->
          error(
              new S3Error(
                  409,
                  "ConditionalRequestConflict",
                  "A conflicting conditional operation is currently in progress"),
              request,
              id);
      case ERROR_EXECUTED -> {
        execute(request, id);
        yield internalError(request, id);
      }
      case ERROR_NOT_EXECUTED -> internalError(request, id);
      case LOST -> {
        execute(request, id);
        yield S3Response.NONE;
      }
      case LATE -> {
        var unused =
            late.schedule(() -> execute(request, id), fate.lateNanos(), TimeUnit.NANOSECONDS);
        yield S3Response.NONE;
      }
    };
  }

  private S3Response execute(S3Request request, String id) {
    try {
      return operations.execute(request);
    } catch (S3Error e) {
      return error(e, request, id);
    }
  }

  private static S3Response internalError(S3Request request, String id) {
    return error(
        new S3Error(500, "InternalError", "We encountered an internal error. Please try again."),
        request,
        id);
  }

  private static S3Response error(S3Error error, S3Request request, String id) {
    return error(error, request.path(), id);
  }

  private static S3Response error(S3Error error, String path, String id) {
    return S3Response.document(error.status(), Xml.error(error, path, id));
  }

  private void respond(HttpExchange exchange, S3Response response, String id) throws IOException {
    String method = exchange.getRequestMethod().toLowerCase(Locale.ROOT);
    count(method + "." + response.status());
    byte[] body = response.body();
    response.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.getResponseHeaders().set("x-amz-request-id", id);
    exchange.getResponseHeaders().set("Server", "QuorateS3");
    if (method.equals("head")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    if (method.equals("head") || body.length == 0) {
      exchange.sendResponseHeaders(response.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(response.status(), body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
    add("bytes.down", body.length);
  }

  private void count(String name) {
    add(name, 1);
  }

  private void add(String name, long amount) {
    counts.computeIfAbsent(name, unused -> new LongAdder()).add(amount);
  }

  private static void pause(long nanos) {
    if (nanos <= 0) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
