// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.store;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Answers every request with the same error, in the words of S3. */
final class RefusingServer implements AutoCloseable {
  private final HttpServer server;

  /** Starts it on the loopback interface. */
  RefusingServer(int port, int status, String code) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 16);
    byte[] body =
        "<Error><Code>%s</Code><Message>%s, said the server</Message></Error>"
            .formatted(code, code)
            .getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/xml");
          exchange.sendResponseHeaders(status, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
