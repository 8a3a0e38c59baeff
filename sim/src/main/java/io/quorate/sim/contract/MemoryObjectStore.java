// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.core.port.ObjectCounters;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An object store in memory that executes each request at once, in the thread that asks. As at most
 * S3 servers, equal bytes have equal ETags. Safe for several threads.
 */
public final class MemoryObjectStore implements ObjectStore {
  private static final int PAGE_KEYS = 1000;

  /** The objects, shared by the stores that are opened on them. */
  public static final class Bucket implements ObjectBucket {
    private final TreeMap<String, Stored> objects = new TreeMap<>();

    @Override
    public MemoryObjectStore open() {
      return new MemoryObjectStore(this);
    }

    private synchronized ObjectResult execute(ObjectRequest request, String etag) {
      Stored there = objects.get(request.key());
      return switch (request) {
        case ObjectRequest.Get get -> read(there, get.unlessEtag());
        case ObjectRequest.Create create ->
            there == null
                ? write(create.key(), create.bytes(), etag)
                : new ObjectResult.PreconditionFailed();
        case ObjectRequest.Replace replace -> replace(there, replace, etag);
        case ObjectRequest.Put put -> write(put.key(), put.bytes(), etag);
        case ObjectRequest.Delete delete -> {
          objects.remove(delete.key());
          yield new ObjectResult.Deleted();
        }
        case ObjectRequest.List list -> list(list.key(), list.continuation());
      };
    }

    private static ObjectResult read(@Nullable Stored there, @Nullable String unlessEtag) {
      if (there == null) {
        return new ObjectResult.Absent();
      }
      return there.etag.equals(unlessEtag)
          ? new ObjectResult.Unchanged()
          : new ObjectResult.Found(there.bytes.clone(), there.etag);
    }

    private ObjectResult replace(
        @Nullable Stored there, ObjectRequest.Replace replace, String etag) {
      if (there == null) {
        return new ObjectResult.Absent();
      }
      return there.etag.equals(replace.etag())
          ? write(replace.key(), replace.bytes(), etag)
          : new ObjectResult.PreconditionFailed();
    }

    private ObjectResult write(String key, byte[] bytes, String etag) {
      objects.put(key, new Stored(bytes, etag));
      return new ObjectResult.Stored(etag);
    }

    private ObjectResult list(String prefix, @Nullable String continuation) {
      List<ObjectResult.Item> items = new ArrayList<>();
      String from = continuation == null ? prefix : continuation;
      for (var object : objects.tailMap(from, continuation == null).entrySet()) {
        if (!object.getKey().startsWith(prefix)) {
          break;
        }
        if (items.size() == PAGE_KEYS) {
          return new ObjectResult.Listed(items, items.get(PAGE_KEYS - 1).key());
        }
        items.add(new ObjectResult.Item(object.getKey(), object.getValue().bytes.length));
      }
      return new ObjectResult.Listed(items, null);
    }
  }

  private static final class Stored {
    private final byte[] bytes;
    private final String etag;

    private Stored(byte[] bytes, String etag) {
      this.bytes = bytes;
      this.etag = etag;
    }
  }

  private final Bucket bucket;
  private final ObjectCounters counters = new ObjectCounters();
  private volatile boolean closed;

  private MemoryObjectStore(Bucket bucket) {
    this.bucket = bucket;
  }

  @Override
  public void submit(ObjectRequest request, long timeoutNanos, Listener listener) {
    ObjectResult result =
        closed
            ? new ObjectResult.Unclear("the store was closed")
            : bucket.execute(request, etag(request));
    counters.count(request, result);
    listener.onDone(result);
  }

  private static String etag(ObjectRequest request) {
    return switch (request) {
      case ObjectRequest.Create create -> etag(create.bytes());
      case ObjectRequest.Replace replace -> etag(replace.bytes());
      case ObjectRequest.Put put -> etag(put.bytes());
      case ObjectRequest.Get get -> "";
      case ObjectRequest.Delete delete -> "";
      case ObjectRequest.List list -> "";
    };
  }

  private static String etag(byte[] bytes) {
    try {
      byte[] md5 = MessageDigest.getInstance("MD5").digest(bytes);
      return '"' + HexFormat.of().formatHex(md5) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  @Override
  public SortedMap<String, Long> counters() {
    return counters.snapshot();
  }

  @Override
  public void close() {
    closed = true;
  }
}
