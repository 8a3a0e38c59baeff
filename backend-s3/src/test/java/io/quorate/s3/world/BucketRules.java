// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.world;

import io.quorate.api.GroupId;
import io.quorate.api.NodeId;
import io.quorate.core.check.InvariantViolation;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.layout.ObjectKeys.Named;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.Sealed;
import io.quorate.s3.layout.Segment;
import io.quorate.s3.layout.SnapshotManifest;
import io.quorate.s3.layout.SnapshotPlace;
import io.quorate.s3.layout.StoredObject;
import io.quorate.sim.objectstore.BucketInvariant;
import io.quorate.sim.objectstore.Execution;
import io.quorate.sim.objectstore.SimBucket;
import io.quorate.sim.objectstore.SimRequest;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The invariants I1 to I11 as far as the bucket shows them, checked at every request and every
 * commit. Knows the one log by the commit rule alone: slot after slot, what the root's segments say
 * holds data.
 */
public final class BucketRules implements BucketInvariant {
  private final GroupId name = GroupId.of("sim");
  private final ObjectKeys keys;
  private final Map<String, byte[]> frozen = new HashMap<>();
  private final Map<Long, UUID> owners = new HashMap<>();
  private final Map<Long, Long> notBefore = new HashMap<>();
  private final Map<Long, Long> ends = new HashMap<>();
  private final Set<String> contents = new HashSet<>();
  private final List<ChainHash> log = new ArrayList<>();
  private final Set<ChainHash> denied = new HashSet<>();
  private @Nullable World world;
  private @Nullable SimBucket bucket;
  private @Nullable Root root;

  /** Rules for a group whose keys begin with this prefix. */
  public BucketRules(String prefix) {
    keys = new ObjectKeys(prefix, name);
  }

  @Override
  public void attach(World ofRun, SimBucket ofGroup) {
    world = ofRun;
    bucket = ofGroup;
  }

  /** The root as it is now; null before the group was founded. */
  public @Nullable Root root() {
    return root;
  }

  /** Last slot of the one log. */
  public long lastSlot() {
    return log.size();
  }

  /** The keys of the group. */
  public ObjectKeys keys() {
    return keys;
  }

  private World world() {
    return Objects.requireNonNull(world);
  }

  private void hit(String what) {
    world().coverage().hit("s3." + what);
  }

  private static void require(boolean holds, String rule, Object... about) {
    if (!holds) {
      StringBuilder text = new StringBuilder(rule);
      for (Object each : about) {
        text.append(' ').append(each);
      }
      throw new InvariantViolation(text.toString());
    }
  }

  // What leaves a replica.

  @Override
  public void onSent(SimRequest sent) {
    Named named = keys.parse(sent.key());
    switch (sent.request()) {
      case ObjectRequest.Create create -> {
        if (named instanceof Named.SlotKey slot
            && object(sent.key(), slot, create.bytes()) instanceof StoredObject.Data data) {
          sendsData(sent, data, create.bytes());
        }
      }
      case ObjectRequest.Delete delete -> deletes(sent, named);
      case ObjectRequest.Put put ->
          require(
              !(named instanceof Named.SlotKey) && !(named instanceof Named.RootKey),
              "I2: written without a condition:",
              sent);
      case ObjectRequest.Replace replace ->
          require(!(named instanceof Named.SlotKey), "I2: a slot is replaced:", sent);
      case ObjectRequest.Get get -> {}
      case ObjectRequest.List list -> {}
    }
  }

  private void sendsData(SimRequest sent, StoredObject.Data data, byte[] bytes) {
    byte[] first = frozen.putIfAbsent(sent.key(), bytes.clone());
    if (first != null) {
      hit("data resent");
      require(Arrays.equals(first, bytes), "I2: two contents were sent for one slot:", sent);
    }
    UUID owner = owners.get(data.epoch());
    require(
        data.writer().equals(owner),
        "I1: epoch " + data.epoch() + " is not the sender's, but of " + owner + ":",
        sent,
        "by",
        sent.node());
    Long earliest = notBefore.get(data.epoch());
    require(
        earliest == null || world().now() >= earliest,
        "A.5.4: data of a new epoch is sent before the old lease is over:",
        sent);
  }

  private void deletes(SimRequest sent, @Nullable Named named) {
    Root now = root;
    if (named == null || now == null) {
      return; // trials
    }
    switch (named) {
      case Named.RootKey rootKey -> require(false, "the root is deleted by", sent.node());
      case Named.SlotKey slot -> {
        Long end = ends.get(slot.epoch());
        require(
            end == null || slot.slot() != end, "I3 (S): the seal of an epoch is deleted:", sent);
        boolean orphan = end != null && slot.slot() > end;
        require(
            orphan || slot.slot() < now.truncateSlot(),
            "I7 (W): deleted before the watermark " + now.truncateSlot() + " is above it:",
            sent);
        hit(orphan ? "orphan deleted" : "slot deleted");
      }
      case Named.SnapshotKey snapshot ->
          require(!isReferenced(now, snapshot), "I7: deletes the root's snapshot:", sent);
    }
  }

  private static boolean isReferenced(Root root, Named.SnapshotKey key) {
    for (SnapshotPlace place : Arrays.asList(root.snapshot(), root.previousSnapshot())) {
      if (place != null
          && place.slot() == key.slot()
          && place.epoch() == key.epoch()
          && place.nonce() == key.nonce()) {
        return true;
      }
    }
    return false;
  }

  // What is executed.

  @Override
  public void onExecuted(Execution done) {
    SimRequest sent = done.request();
    Named named = keys.parse(sent.key());
    switch (named) {
      case Named.RootKey rootKey -> onRoot(done);
      case Named.SlotKey slot -> onSlot(done, slot);
      case Named.SnapshotKey snapshot -> {
        byte[] before = done.before();
        byte[] after = done.after();
        require(
            before == null || after == null || Arrays.equals(before, after),
            "A.4: a snapshot's place is used twice:",
            sent);
      }
      case null -> {}
    }
  }

  private void onRoot(Execution done) {
    byte[] after = done.after();
    if (!done.changed()) {
      if (done.result() instanceof ObjectResult.PreconditionFailed
          && done.request().request() instanceof ObjectRequest.Replace) {
        hit("root replacement lost");
      }
      return;
    }
    require(after != null, "the root is gone");
    Root before = root;
    Root now = decodeRoot(Objects.requireNonNull(after));
    require(contents.add(SimBucket.etag(after)), "I10: two roots of the same content:", now);
    if (done.request().answered()) {
      hit("root replaced after its sender gave up");
    }
    if (before == null) {
      require(now.version() == 1 && now.epoch() == 1, "A.5.2: founded with", now);
    } else {
      follows(before, now);
    }
    SnapshotPlace place = now.snapshot();
    if (place != null && (before == null || !place.equals(before.snapshot()))) {
      checkSnapshot(now, place);
    }
    owners.putIfAbsent(now.epoch(), now.leader().incarnation());
    require(
        owners.get(now.epoch()).equals(now.leader().incarnation()),
        "I1: two incarnations lead epoch",
        now.epoch());
    root = now;
    grow();
  }

  private void follows(Root before, Root now) {
    SnapshotPlace old = before.snapshot();
    SnapshotPlace place = now.snapshot();
    boolean snapshotKept = old == null || (place != null && place.slot() >= old.slot());
    require(
        now.group().equals(before.group())
            && now.version() == before.version() + 1
            && now.epoch() >= before.epoch()
            && now.epoch() <= before.epoch() + 1
            && snapshotKept
            && now.truncateSlot() >= before.truncateSlot(),
        "I1: the root goes back or jumps: from",
        before,
        "to",
        now);
    for (Sealed sealed : now.history()) {
      Long end = ends.get(sealed.epoch());
      require(
          end == null ? sealed.epoch() == before.epoch() : end == sealed.end(),
          "I3: the recorded end of an epoch changes from " + end + " to",
          sealed);
    }
    if (now.epoch() > before.epoch()) {
      takenOver(before, now);
    } else {
      require(now.open().equals(before.open()), "A.5: the open segment changes:", now.open());
    }
  }

  private void takenOver(Root before, Root now) {
    Sealed ended = now.endOf(before.epoch());
    require(ended != null, "I3: no end is recorded of epoch", before.epoch());
    long end = Objects.requireNonNull(ended).end();
    ends.put(before.epoch(), end);
    require(
        end == log.size() + 1L && now.open().start() == end,
        "I8: epoch " + now.epoch() + " begins at " + now.open().start() + ", but the log ends at",
        log.size());
    require(
        ended.hash().equals(lastHash()) && now.open().parent().equals(lastHash()),
        "I8: the new epoch does not continue the log at slot",
        end - 1);
    String key = keys.slot(before.epoch(), end);
    byte[] there = bucket().get(key);
    Named.SlotKey slot = new Named.SlotKey(before.epoch(), end);
    require(
        there != null && object(key, slot, there) instanceof StoredObject.Seal,
        "I3: no seal at the recorded end",
        key);
    notBefore.put(now.epoch(), world().now() + before.leaseMillis() * 1_000_000);
    hit("take-over");
    countVolley(before.epoch(), end);
  }

  private void countVolley(long epoch, long end) {
    boolean data = false;
    boolean seals = false;
    for (long slot = end + 1; slot <= end + 16; slot++) {
      byte[] there = bucket().get(keys.slot(epoch, slot));
      if (there != null) {
        Named.SlotKey named = new Named.SlotKey(epoch, slot);
        boolean isData = object(keys.slot(epoch, slot), named, there) instanceof StoredObject.Data;
        data |= isData;
        seals |= !isData;
      }
    }
    if (data) {
      hit("orphan above a seal");
    }
    if (data && seals) {
      hit("volley partly won");
    }
  }

  private void checkSnapshot(Root now, SnapshotPlace place) {
    require(
        place.slot() <= log.size() && log.get((int) place.slot() - 1).equals(place.hash()),
        "I7: the root's snapshot is none of the log:",
        place);
    String key = keys.manifest(place);
    byte[] there = bucket().get(key);
    require(there != null, "I7: the root's snapshot has no manifest:", key);
    try {
      SnapshotManifest manifest =
          SnapshotManifest.decode(key, now.group(), place, Objects.requireNonNull(there));
      for (int part = 0; part < manifest.parts(); part++) {
        require(
            bucket().get(keys.part(place, part)) != null,
            "I7: the root's snapshot is incomplete, part",
            part);
      }
    } catch (CorruptObject e) {
      throw new InvariantViolation("I7: " + e.getMessage());
    }
    hit("snapshot published");
    if (now.truncateSlot() > 1) {
      hit("log truncated");
    }
  }

  private void onSlot(Execution done, Named.SlotKey slot) {
    SimRequest sent = done.request();
    byte[] before = done.before();
    switch (sent.request()) {
      case ObjectRequest.Create create -> {
        StoredObject wanted = object(sent.key(), slot, create.bytes());
        if (done.changed()) {
          created(sent, wanted, slot);
        } else if (before != null && done.result() instanceof ObjectResult.PreconditionFailed) {
          if (wanted instanceof StoredObject.Data) {
            meets(sent, object(sent.key(), slot, before), before);
          }
        }
      }
      case ObjectRequest.Delete delete -> {
        if (before != null && sent.answered()) {
          hit("late delete");
        }
      }
      case ObjectRequest.Get get -> {
        Root now = root;
        if (now != null && before != null && slot.slot() < now.truncateSlot()) {
          hit("junk slot read");
        }
      }
      case ObjectRequest.Put put -> {}
      case ObjectRequest.Replace replace -> {}
      case ObjectRequest.List list -> {}
    }
  }

  private void meets(SimRequest sent, StoredObject there, byte[] before) {
    boolean own = Arrays.equals(before, sent.bytes());
    require(
        own || there instanceof StoredObject.Seal,
        "I11: data meets other data:",
        sent,
        "by",
        there);
    hit(own ? "412 on own data" : "412 on a seal");
  }

  private void created(SimRequest sent, StoredObject wanted, Named.SlotKey slot) {
    Root now = Objects.requireNonNull(root, "a slot before the root");
    Long end = ends.get(slot.epoch());
    boolean below = slot.slot() < now.truncateSlot();
    if (wanted instanceof StoredObject.Seal) {
      hit(below ? "junk seal below the watermark" : "seal");
      return;
    }
    if (end != null) {
      require(slot.slot() != end, "I3: data takes the place of the seal:", sent);
      hit(slot.slot() > end ? "orphan after the take-over" : "late data below the end");
    }
    if (below) {
      hit("late data below the watermark");
    }
    if (slot.slot() <= log.size() && end != null && slot.slot() < end) {
      ChainHash hash = ((StoredObject.Data) wanted).entry().hash();
      require(
          hash.equals(log.get((int) slot.slot() - 1)), "I2: other data than the log has:", sent);
    }
    grow();
  }

  /** Follows the commit rule as far as the bucket now goes. */
  private void grow() {
    Root now = root;
    while (now != null) {
      long next = log.size() + 1L;
      Segment segment = now.segmentOf(next);
      if (segment == null) {
        return;
      }
      String key = keys.slot(segment.epoch(), next);
      byte[] there = bucket().get(key);
      Named.SlotKey named = new Named.SlotKey(segment.epoch(), next);
      if (there == null || !(object(key, named, there) instanceof StoredObject.Data data)) {
        return;
      }
      require(
          data.entry().parentHash().equals(lastHash()), "I4: the log does not chain at slot", next);
      require(
          !denied.contains(data.entry().hash()),
          "I6: what was said never to be committed is committed:",
          data.entry());
      log.add(data.entry().hash());
    }
  }

  // What replicas say.

  @Override
  public void onCommitted(NodeId node, Entry entry) {
    require(
        entry.slot() <= log.size(),
        "I5: " + node + " commits slot " + entry.slot() + ", but in the bucket the log ends at",
        log.size());
    require(
        log.get((int) entry.slot() - 1).equals(entry.hash()),
        "I4: " + node + " commits what the bucket does not have:",
        entry);
  }

  @Override
  public void onDenied(NodeId node, Entry entry) {
    hit("outcome not committed");
    denied.add(entry.hash());
    boolean there =
        entry.slot() <= log.size() && log.get((int) entry.slot() - 1).equals(entry.hash());
    require(!there, "I6: " + node + " says of what is committed that it never will be:", entry);
  }

  private ChainHash lastHash() {
    return log.isEmpty() ? ChainHash.ROOT : log.getLast();
  }

  private SimBucket bucket() {
    return Objects.requireNonNull(bucket);
  }

  private Root decodeRoot(byte[] bytes) {
    try {
      return Root.decode(keys.root(), name, bytes);
    } catch (CorruptObject e) {
      throw new InvariantViolation(String.valueOf(e.getMessage()));
    }
  }

  private StoredObject object(String key, Named.SlotKey slot, byte[] bytes) {
    Root now = root;
    UUID group = now == null ? new UUID(0, 0) : now.group();
    try {
      return StoredObject.decode(key, group, slot.epoch(), slot.slot(), bytes);
    } catch (CorruptObject e) {
      throw new InvariantViolation(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String describe(String key, byte[] bytes) {
    Named named = keys.parse(key);
    return switch (named) {
      case Named.RootKey rootKey -> describe(decodeRoot(bytes));
      case Named.SlotKey slot ->
          switch (object(key, slot, bytes)) {
            case StoredObject.Data data -> "data " + data.entry();
            case StoredObject.Seal seal -> "seal";
          };
      case Named.SnapshotKey snapshot -> bytes.length + " bytes of a snapshot";
      case null -> bytes.length + " bytes";
    };
  }

  private static String describe(Root root) {
    SnapshotPlace place = root.snapshot();
    return "root version "
        + root.version()
        + ", epoch "
        + root.epoch()
        + " of "
        + root.leader().node()
        + " from slot "
        + root.open().start()
        + (place == null ? "" : ", snapshot of slot " + place.slot())
        + (root.truncateSlot() == 1 ? "" : ", watermark " + root.truncateSlot());
  }
}
