// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import io.quorate.core.protocol.ObjectRequest.Create;
import io.quorate.core.protocol.ObjectRequest.Delete;
import io.quorate.core.protocol.ObjectRequest.Get;
import io.quorate.core.protocol.ObjectRequest.List;
import io.quorate.core.protocol.ObjectRequest.Put;
import io.quorate.core.protocol.ObjectRequest.Replace;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.ObjectResult.Absent;
import io.quorate.core.protocol.ObjectResult.Found;
import io.quorate.core.protocol.ObjectResult.Listed;
import io.quorate.core.protocol.ObjectResult.PreconditionFailed;
import io.quorate.core.protocol.ObjectResult.Stored;
import io.quorate.core.protocol.ObjectResult.Unchanged;
import io.quorate.s3.probe.ProbeCalls.Broken;
import io.quorate.s3.probe.ProbeCalls.NoAnswer;
import java.util.Arrays;

/** What one request after the other shows. Each returns what was seen. */
final class AskedChecks {
  /** A stale read shows in one of several tries only. */
  private static final int TURNS = 8;

  private final ProbeCalls calls;

  AskedChecks(ProbeCalls calls) {
    this.calls = calls;
  }

  String readAfterWrite() throws Broken, NoAnswer {
    for (int turn = 0; turn < TURNS; turn++) {
      String key = calls.key("read-" + turn);
      // Asked before it is there: a store may remember that it was not.
      require(calls.clear(new Get(key, null)) instanceof Absent, "a key never written was found");
      byte[] first = ProbeCalls.bytes("first " + turn);
      calls.settled(new Put(key, first));
      requireBytes(key, first, "after its first write");
      byte[] second = ProbeCalls.bytes("second, which is longer " + turn);
      calls.settled(new Put(key, second));
      requireBytes(key, second, "after it was written over");
      calls.settled(new Delete(key));
      ObjectResult gone = calls.clear(new Get(key, null));
      require(gone instanceof Absent, "a deleted object read as " + ProbeCalls.describe(gone));
    }
    return "%d keys written, written over and deleted".formatted(TURNS);
  }

  private void requireBytes(String key, byte[] bytes, String when) throws Broken, NoAnswer {
    Found found = calls.read(key);
    require(Arrays.equals(found.bytes(), bytes), "an object had other bytes " + when);
  }

  String createOnly() throws Broken, NoAnswer {
    String key = calls.key("create");
    byte[] bytes = ProbeCalls.bytes("first");
    calls.settled(new Create(key, bytes));
    for (String other : java.util.List.of("second", "first")) {
      ObjectResult again = calls.settled(new Create(key, ProbeCalls.bytes(other)));
      require(
          again instanceof PreconditionFailed,
          "a create over an object was answered: " + ProbeCalls.describe(again));
    }
    requireBytes(key, bytes, "after a second create");
    return "a second create answers 412";
  }

  String compareAndSet() throws Broken, NoAnswer {
    String key = calls.key("replace");
    calls.settled(new Put(key, ProbeCalls.bytes("one")));
    String first = calls.read(key).etag();
    byte[] two = ProbeCalls.bytes("two");
    ObjectResult replaced = calls.settled(new Replace(key, two, first));
    require(
        replaced instanceof Stored,
        "a replacement with the present ETag was answered: " + ProbeCalls.describe(replaced));
    requireBytes(key, two, "after it was replaced");
    Found now = calls.read(key);
    ObjectResult stale =
        calls.settled(new Replace(key, ProbeCalls.bytes("three"), "\"" + "0".repeat(32) + "\""));
    require(
        stale instanceof PreconditionFailed,
        "a replacement with a wrong ETag was answered: " + ProbeCalls.describe(stale));
    requireBytes(key, two, "after a replacement with a wrong ETag");
    calls.settled(new Delete(key));
    ObjectResult onNothing = calls.settled(new Replace(key, ProbeCalls.bytes("four"), now.etag()));
    require(
        onNothing instanceof Absent || onNothing instanceof PreconditionFailed,
        "a replacement of nothing was answered: " + ProbeCalls.describe(onNothing));
    require(
        calls.clear(new Get(key, null)) instanceof Absent, "a replacement of nothing was written");
    return "a wrong ETag answers 412, an absent object "
        + (onNothing instanceof Absent ? "404" : "412");
  }

  String etags() throws Broken, NoAnswer {
    String key = calls.key("etag");
    String last = "";
    for (int turn = 0; turn < TURNS; turn++) {
      ObjectResult written = calls.settled(new Put(key, ProbeCalls.bytes("turn " + turn)));
      String etag = calls.read(key).etag();
      require(
          written instanceof Stored stored && stored.etag().equals(etag),
          "a reader got the ETag %s, the writer: %s".formatted(etag, ProbeCalls.describe(written)));
      require(!etag.equals(last), "other bytes have the same ETag " + etag);
      last = etag;
    }
    return "%d contents, as many ETags".formatted(TURNS);
  }

  String conditionalRead() throws Broken, NoAnswer {
    String key = calls.key("unless");
    calls.settled(new Put(key, ProbeCalls.bytes("one")));
    String etag = calls.read(key).etag();
    ObjectResult same = calls.clear(new Get(key, etag));
    require(
        same instanceof Unchanged,
        "a read with the present ETag was answered: " + ProbeCalls.describe(same));
    calls.settled(new Put(key, ProbeCalls.bytes("two")));
    ObjectResult changed = calls.clear(new Get(key, etag));
    require(
        changed instanceof Found,
        "a read with an old ETag was answered: " + ProbeCalls.describe(changed));
    return "an unchanged object answers 304";
  }

  String list() throws Broken, NoAnswer {
    String key = calls.key("list/one");
    calls.settled(new Put(key, ProbeCalls.bytes("one")));
    // The prefix ends in a slash: directory buckets list no other.
    ObjectResult result = calls.clear(new List(calls.key("list/"), null));
    boolean found =
        result instanceof Listed listed
            && listed.items().stream().anyMatch(item -> item.key().equals(key));
    require(found, "a key that is there was not in the list");
    return "a key is in the list of its prefix";
  }

  private static void require(boolean holds, String otherwise) throws Broken {
    if (!holds) {
      throw new Broken(otherwise);
    }
  }
}
