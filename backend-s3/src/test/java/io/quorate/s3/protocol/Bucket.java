// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Objects in a map. ETags are made of the content, as real stores do: equal bytes, equal ETags. */
final class Bucket {
  private final TreeMap<String, byte[]> objects = new TreeMap<>();
  final List<ObjectRequest> executed = new ArrayList<>();

  /** Executes a request at this instant. */
  ObjectResult execute(ObjectRequest request) {
    executed.add(request);
    byte[] present = objects.get(request.key());
    return switch (request) {
      case ObjectRequest.Get get -> {
        if (present == null) {
          yield new ObjectResult.Absent();
        }
        yield etag(present).equals(get.unlessEtag())
            ? new ObjectResult.Unchanged()
            : new ObjectResult.Found(present, etag(present));
      }
      case ObjectRequest.Create create ->
          present == null
              ? store(create.key(), create.bytes())
              : new ObjectResult.PreconditionFailed();
      case ObjectRequest.Replace replace -> {
        if (present == null) {
          yield new ObjectResult.Absent();
        }
        yield etag(present).equals(replace.etag())
            ? store(replace.key(), replace.bytes())
            : new ObjectResult.PreconditionFailed();
      }
      case ObjectRequest.Put put -> store(put.key(), put.bytes());
      case ObjectRequest.Delete delete -> {
        objects.remove(delete.key());
        yield new ObjectResult.Deleted();
      }
      case ObjectRequest.List list -> {
        List<ObjectResult.Item> items = new ArrayList<>();
        objects.forEach((key, bytes) -> {
          if (key.startsWith(list.key())) {
            items.add(0, new ObjectResult.Item(key, bytes.length)); // not in order of the keys
          }
        });
        yield new ObjectResult.Listed(items, null);
      }
    };
  }

  private ObjectResult store(String key, byte[] bytes) {
    objects.put(key, bytes);
    return new ObjectResult.Stored(etag(bytes));
  }

  static String etag(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return "\"" + Long.toHexString(crc.getValue()) + "-" + bytes.length + "\"";
  }

  byte[] get(String key) {
    byte[] bytes = objects.get(key);
    if (bytes == null) {
      throw new AssertionError("nothing under " + key + ", there are " + objects.keySet());
    }
    return bytes;
  }

  boolean has(String key) {
    return objects.containsKey(key);
  }

  void put(String key, byte[] bytes) {
    objects.put(key, bytes);
  }

  void remove(String key) {
    objects.remove(key);
  }

  List<String> keys() {
    return List.copyOf(objects.keySet());
  }
}
