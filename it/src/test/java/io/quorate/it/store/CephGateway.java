// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.store;

import io.quorate.s3.aws.BucketAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Ceph of this machine with its RADOS gateway, run by {@code it/ceph/ceph.sh}. */
public final class CephGateway implements AutoCloseable {
  /** The bucket that is there. */
  public static final String BUCKET = "quorate";

  private static final int MINUTES_MAX = 5;

  private final Path folder;
  private final int port;
  private final int monitorPort;

  private CephGateway(Path folder, int port, int monitorPort) {
    this.folder = folder;
    this.port = port;
    this.monitorPort = monitorPort;
  }

  /**
   * Makes a cluster and starts it; it answers on return.
   *
   * @throws IOException with what the script said if it cannot be had
   */
  public static CephGateway start(Path folder) throws IOException {
    CephGateway gateway = new CephGateway(folder, freePort(), freePort());
    try {
      gateway.run("start", folder.toString(), Integer.toString(gateway.port));
    } catch (IOException e) {
      gateway.close();
      throw e;
    }
    return gateway;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Its bucket. */
  public BucketAccess bucket() {
    return BucketAccess.at(URI.create(url()), BUCKET)
        .withKeys(new BucketAccess.Keys("probe", "probesecret"));
  }

  /** Ends all daemons as a power failure would, and starts them again. */
  public void crash() throws IOException {
    run("kill", folder.toString());
    run("resume", folder.toString());
  }

  private void run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("quorate.root"), "it", "ceph", "ceph.sh").toString());
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile("ceph", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      // To a file: the daemons inherit it, and a pipe would never end.
      builder.redirectOutput(log.toFile());
      builder
          .environment()
          .putAll(Map.of("OBJECTSTORE", "bluestore", "MON_PORT", Integer.toString(monitorPort)));
      Process process = builder.start();
      boolean ended = process.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(
            "Ceph cannot be run here, %s said: %s"
                .formatted(String.join(" ", command), Files.readString(log).strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(log);
    }
  }

  @Override
  public void close() {
    try {
      run("kill", folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
