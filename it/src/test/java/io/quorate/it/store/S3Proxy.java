// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.store;

import io.quorate.s3.aws.BucketAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** S3Proxy in a JVM of its own, from the jars that the profile "stock" fetches. */
final class S3Proxy implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Process process;
  private final URI endpoint;

  private S3Proxy(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /**
   * Starts a server with one bucket.
   *
   * @param provider where it keeps objects: {@code transient} or {@code filesystem}
   */
  static S3Proxy start(String provider, Path folder) throws IOException {
    Path jars = Path.of(System.getProperty("quorate.root"), "it", "target", "stock", "s3proxy");
    if (!Files.isDirectory(jars)) {
      throw new IOException("S3Proxy is not there: run mvn verify -Pstock, which fetches it");
    }
    Path quiet =
        Files.writeString(
            folder.resolve("logback.xml"), "<configuration><root level=\"OFF\"/></configuration>");
    Path objects = Files.createDirectories(folder.resolve("objects"));
    URI endpoint = URI.create("http://127.0.0.1:" + freePort());
    Path properties =
        Files.write(
            folder.resolve("s3proxy.properties"),
            List.of(
                "s3proxy.authorization=none",
                "s3proxy.endpoint=" + endpoint,
                "jclouds.provider=" + provider,
                "jclouds.identity=any",
                "jclouds.credential=thing",
                "jclouds.filesystem.basedir=" + objects));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dlogback.configurationFile=" + quiet,
                "-cp",
                jars + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    S3Proxy proxy = new S3Proxy(process, endpoint);
    try {
      proxy.awaitBucket(folder.resolve("log"));
    } catch (IOException e) {
      proxy.close();
      throw e;
    }
    return proxy;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitBucket(Path log) throws IOException {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest create =
        HttpRequest.newBuilder(endpoint.resolve("/quorate"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE_NANOS && process.isAlive()) {
      try {
        if (http.send(create, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
    throw new IOException("S3Proxy did not come up: " + Files.readString(log));
  }

  BucketAccess bucket() {
    return BucketAccess.at(endpoint, "quorate").withKeys(new BucketAccess.Keys("any", "thing"));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
