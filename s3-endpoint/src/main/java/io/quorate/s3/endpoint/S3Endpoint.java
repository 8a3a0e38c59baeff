// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.endpoint;

import com.sun.net.httpserver.HttpServer;
import io.quorate.core.port.ObjectStore;
import io.quorate.s3.folder.FolderStore;
import io.quorate.sim.contract.MemoryObjectStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An S3 server on the loopback interface. Conditional writes are atomic for each key; what a server
 * on a folder has answered as stored survives it. Signatures are not checked.
 */
public final class S3Endpoint implements AutoCloseable {
  static {
    // Without it each answer waits 40 ms for an acknowledgement that the client delays.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private static final int THREADS = 128;
  private static final int QUEUE_MAX = 10_000;
  private static final int BACKLOG = 256;

  private final HttpServer server;
  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor late;
  private final ObjectStore objects;
  private final RequestHandler handler;

  /**
   * What to serve, and how.
   *
   * @param port of the loopback interface; 0: any that is free
   * @param folder that holds the objects; null: they are in memory and end with the server
   * @param buckets that exist; empty: every bucket that is asked for
   */
  public record Options(
      int port, @Nullable Path folder, TreeSet<String> buckets, Latency latency, Faults faults) {

    /** A quick and faultless server in memory, at any free port. */
    public static final Options DEFAULT =
        new Options(0, null, new TreeSet<>(), Latency.NONE, Faults.NONE);

    /** These options with another port. */
    public Options withPort(int other) {
      return new Options(other, folder, buckets, latency, faults);
    }

    /** These options with objects in a folder. */
    public Options withFolder(Path other) {
      return new Options(port, other, buckets, latency, faults);
    }

    /** These options with one bucket only. */
    public Options withBucket(String bucket) {
      TreeSet<String> one = new TreeSet<>();
      one.add(bucket);
      return new Options(port, folder, one, latency, faults);
    }

    /** These options with other times. */
    public Options withLatency(Latency other) {
      return new Options(port, folder, buckets, other, faults);
    }

    /** These options with other faults. */
    public Options withFaults(Faults other) {
      return new Options(port, folder, buckets, latency, other);
    }
  }

  private S3Endpoint(HttpServer server, ObjectStore objects, Options options) {
    this.server = server;
    this.objects = objects;
    workers =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE_MAX),
            Thread.ofPlatform().daemon().name("s3-endpoint-", 0).factory());
    workers.allowCoreThreadTimeOut(true);
    late =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("s3-endpoint-late").factory());
    handler = new RequestHandler(objects, options, late);
    server.setExecutor(workers);
    server.createContext("/", handler);
    server.start();
  }

  /**
   * Starts a server; it answers on return.
   *
   * @throws IOException if the port is taken or the folder cannot be used
   */
  public static S3Endpoint start(Options options) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port());
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException(
          "port %d is not free (%s): end what listens there, or name another one"
              .formatted(options.port(), e.getMessage()),
          e);
    }
    Path folder = options.folder();
    ObjectStore objects;
    try {
      objects = folder == null ? new MemoryObjectStore.Bucket().open() : FolderStore.open(folder);
    } catch (IOException e) {
      server.stop(0);
      throw e;
    }
    return new S3Endpoint(server, objects, options);
  }

  /** Where it is. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** The port that it listens at. */
  public int port() {
    return server.getAddress().getPort();
  }

  /**
   * Requests by method and status ({@code put.200}, {@code get.304}, …), faults by name ({@code
   * fault.lost}, …), and bytes.
   */
  public SortedMap<String, Long> counters() {
    return handler.counters();
  }

  /** From now on these go wrong, whatever the options were. */
  public void setFaults(Faults faults) {
    handler.setFaults(faults);
  }

  /** The objects that are there, each with its bucket before its key. */
  public List<String> objectsNow() {
    return handler.keys();
  }

  /** Ends; requests under way get no answer. */
  @Override
  public void close() {
    server.stop(0);
    late.shutdownNow();
    workers.shutdown();
    objects.close();
  }
}
