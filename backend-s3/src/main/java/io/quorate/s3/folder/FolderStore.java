// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.folder;

import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.attempt.Attempts;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An object store in a folder of a local disk, for any number of processes on one machine. What is
 * answered as stored is synced: it survives {@code kill -9} and a power failure. A file is whole or
 * not there, and is never changed. Not for network file systems, whose locks and renames promise
 * less.
 *
 * <p>ETags are those of most S3 servers: equal bytes have equal ones.
 */
public final class FolderStore implements ObjectStore {
  private static final int THREADS = 8;
  private static final int QUEUE_MAX = 4096;
  private static final int PAGE_KEYS = 1000;
  private static final int CLOSE_SECONDS = 10;

  private final Path folder;
  private final ObjectFiles files;
  private final FolderLocks locks;
  private final Attempts attempts = new Attempts();
  private final ThreadPoolExecutor workers;
  private volatile @Nullable String broken;

  private FolderStore(Path folder, ObjectFiles files, FolderLocks locks) {
    this.folder = folder;
    this.files = files;
    this.locks = locks;
    ThreadFactory threads = Thread.ofPlatform().daemon().name("folder-", 0).factory();
    workers =
        new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE_MAX), threads);
    workers.allowCoreThreadTimeOut(true);
  }

  /**
   * Opens a folder; makes it if it is not there.
   *
   * @throws IOException if it cannot be used; the message says which folder
   */
  public static FolderStore open(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      Path real = folder.toRealPath();
      return new FolderStore(real, new ObjectFiles(real), FolderLocks.open(real));
    } catch (IOException e) {
      throw new IOException(
          "the folder %s cannot hold objects (%s): name one that this process may write to"
              .formatted(folder, reason(e)),
          e);
    }
  }

  @Override
  public void submit(ObjectRequest request, long timeoutNanos, Listener listener) {
    CompletableFuture<ObjectResult> answer = attempts.begin(request, timeoutNanos, listener);
    try {
      workers.execute(() -> {
        // Nobody waits any more: what was not begun need not be.
        if (!answer.isDone()) {
          answer.complete(execute(request));
        }
      });
    } catch (RejectedExecutionException e) {
      answer.complete(new ObjectResult.Throttled());
    }
  }

  private ObjectResult execute(ObjectRequest request) {
    String fault = broken;
    if (fault != null) {
      return new ObjectResult.Refused(fault);
    }
    try {
      if (request instanceof ObjectRequest.List list) {
        return list(list.key(), list.continuation());
      }
      List<String> names = KeyPaths.names(request.key());
      if (!KeyPaths.fits(names)) {
        return new ObjectResult.Refused(
            "the key %s has a part that is too long for a file name: use a shorter prefix"
                .formatted(request.key()));
      }
      return locks.with(request.key(), lock -> execute(request, names, lock));
    } catch (ObjectFiles.SyncFailed e) {
      broken =
          "the disk under %s failed to sync (%s): check the disk, then start again"
              .formatted(folder, reason(e));
      return new ObjectResult.Unclear(broken);
    } catch (AccessDeniedException e) {
      return new ObjectResult.Refused(
          "%s may not be read or written: give this process the right to".formatted(reason(e)));
    } catch (IOException | RuntimeException e) {
      return new ObjectResult.Unclear("%s: %s".formatted(folder, reason(e)));
    }
  }

  private ObjectResult execute(ObjectRequest request, List<String> names, int lock)
      throws IOException {
    return switch (request) {
      case ObjectRequest.Get get -> read(names, get.unlessEtag());
      case ObjectRequest.Create create ->
          files.exists(names)
              ? new ObjectResult.PreconditionFailed()
              : write(names, create.bytes(), lock);
      case ObjectRequest.Replace replace -> {
        ObjectFiles.Contents there = files.read(names);
        if (there == null) {
          yield new ObjectResult.Absent();
        }
        yield there.etag().equals(replace.etag())
            ? write(names, replace.bytes(), lock)
            : new ObjectResult.PreconditionFailed();
      }
      case ObjectRequest.Put put -> write(names, put.bytes(), lock);
      case ObjectRequest.Delete delete -> {
        files.delete(names);
        yield new ObjectResult.Deleted();
      }
      case ObjectRequest.List list -> throw new IllegalStateException("a list has no key");
    };
  }

  private ObjectResult read(List<String> names, @Nullable String unlessEtag) throws IOException {
    ObjectFiles.Contents there = files.read(names);
    if (there == null) {
      return new ObjectResult.Absent();
    }
    return there.etag().equals(unlessEtag)
        ? new ObjectResult.Unchanged()
        : new ObjectResult.Found(there.bytes(), there.etag());
  }

  private ObjectResult write(List<String> names, byte[] bytes, int lock) throws IOException {
    files.write(names, bytes, lock);
    return new ObjectResult.Stored(ObjectFiles.etag(bytes));
  }

  private ObjectResult list(String prefix, @Nullable String continuation) throws IOException {
    List<String> after = continuation == null ? List.of() : List.of(continuation.split("/"));
    List<ObjectResult.Item> items = new ArrayList<>();
    while (true) {
      List<ObjectFiles.Place> places = files.walk(KeyPaths.folders(prefix), after, PAGE_KEYS);
      for (ObjectFiles.Place place : places) {
        if (items.size() == PAGE_KEYS) {
          return new ObjectResult.Listed(items, String.join("/", after));
        }
        after = place.names();
        String key = key(after);
        if (key.startsWith(prefix)) {
          items.add(new ObjectResult.Item(key, place.sizeBytes()));
        }
      }
      if (places.size() <= PAGE_KEYS) {
        return new ObjectResult.Listed(items, null);
      }
    }
  }

  private static String key(List<String> names) {
    StringBuilder key = new StringBuilder();
    for (String name : names.subList(0, names.size() - 1)) {
      key.append(KeyPaths.decode(name)).append('/');
    }
    String last = names.get(names.size() - 1);
    return key.append(KeyPaths.decode(last.substring(0, last.length() - KeyPaths.SUFFIX.length())))
        .toString();
  }

  @Override
  public SortedMap<String, Long> counters() {
    return attempts.counters();
  }

  @Override
  public void close() {
    workers.shutdown();
    try {
      // Those that have begun end soon, and their answers are worth having. One that hangs keeps
      // its lock until the process ends.
      if (workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        locks.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Nothing depends on the closing of a file that has no bytes.
      broken = reason(e);
    }
    attempts.close();
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
