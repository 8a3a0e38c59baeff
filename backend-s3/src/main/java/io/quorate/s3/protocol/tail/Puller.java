// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.tail;

import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.Segment;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.protocol.log.LogMark;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log from the bucket (A.5.6), with several reads under way. Data that links to what is
 * here, of no lower epoch, is part of the log; everything else, a seal, nothing, or what does not
 * link, means something only together with a root that was read afterwards.
 *
 * <p>Invariant: an entry is committed here only by the chain rule and the epoch rule.
 */
public final class Puller {

  /** Whoever needs the log. */
  public interface Owner {
    /** Entries were read and are committed here. */
    void onPulled(Now now, Effects out);

    /**
     * The log ended here at some instant after {@code sentNanos}.
     *
     * @param sealed whether the next slot holds a seal
     */
    void onEnd(boolean sealed, long sentNanos, Now now, Effects out);

    /** What comes next is below the watermark: a snapshot is needed. */
    void onBehind(Now now, Effects out);
  }

  /** What a read of a slot found. */
  private record Fetched(
      long slot, long epoch, String key, byte @Nullable [] bytes, long sentNanos) {
    int sizeBytes() {
      return bytes == null ? 0 : bytes.length;
    }
  }

  /** What a slot that is not the next entry holds. */
  private enum Finding {
    NOTHING,
    SEAL,
    DAMAGE
  }

  /** A slot that should hold an entry and did not, after a root said that it should. */
  private record Doubt(long slot, long epoch) {}

  private final Site site;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final S3Log log;
  private final Owner owner;
  private final int readsMax;
  private final long bytesMax;
  private final TreeMap<Long, Fetched> arrived = new TreeMap<>();
  private boolean running;
  private boolean deciding;
  private boolean anchored;
  private long through;
  private long known;
  private long round;
  private long nextFetch;
  private int underWay;
  private int eager = 1;
  private long arrivedBytes;
  private long typicalBytes = 1;
  private @Nullable Doubt doubt;

  /** Reads nothing yet. */
  public Puller(
      Site site, RootView view, RootReader reader, Requests requests, S3Log log, Owner owner) {
    this.site = site;
    this.view = view;
    this.reader = reader;
    this.requests = requests;
    this.log = log;
    this.owner = owner;
    this.readsMax = site.config().requests().getsInFlightMax();
    this.bytesMax = site.config().requests().getBytesInFlightMax();
  }

  /** Whether the log is being read. */
  public boolean running() {
    return running;
  }

  /** Reads up to a slot that a leader said is committed. */
  public void pullTo(long slot, Now now, Effects out) {
    known = Math.max(known, slot);
    through = running ? Math.max(through, slot) : slot;
    start(now, out);
  }

  /** Reads until the log ends. */
  public void pullToEnd(Now now, Effects out) {
    through = Long.MAX_VALUE;
    start(now, out);
  }

  private void start(Now now, Effects out) {
    if (!running) {
      running = true;
      newRound();
    }
    fetch(now, out);
  }

  /** Reads no further; what is under way is forgotten. */
  public void stop() {
    running = false;
    deciding = false;
    newRound();
  }

  private void newRound() {
    round++;
    arrived.clear();
    arrivedBytes = 0;
    underWay = 0;
    nextFetch = 0;
  }

  /** The log grew otherwise, or entries were applied: there may be room. */
  public void onLogMoved(Now now, Effects out) {
    if (running && !deciding) {
      drain(now, out);
    }
  }

  private void fetch(Now now, Effects out) {
    if (!running || deciding) {
      return;
    }
    Root root = view.known();
    long next = log.committed().slot() + 1;
    if (next > through) {
      stop();
      return;
    }
    if (next < root.truncateSlot() || root.segmentOf(next) == null) {
      stop();
      owner.onBehind(now, out);
      return;
    }
    if (!anchored && !anchor(root, now, out)) {
      return;
    }
    long certain = Math.max(known, root.open().start() - 1);
    long limit = Math.min(through, Math.max(certain, next + eager - 1));
    nextFetch = Math.max(nextFetch, next);
    while (nextFetch <= limit && hasRoom(next)) {
      Segment segment = root.segmentOf(nextFetch);
      if (segment == null) {
        return;
      }
      get(nextFetch, segment.epoch(), now, out);
      nextFetch++;
    }
  }

  private boolean hasRoom(long next) {
    if (nextFetch == next) {
      // What is applied makes room again; the read that nothing can replace always has some.
      return log.unappliedBytes() < bytesMax;
    }
    return underWay < readsMax
        && log.unappliedBytes() + arrivedBytes + (underWay + 1) * typicalBytes <= bytesMax;
  }

  private void get(long slot, long epoch, Now now, Effects out) {
    long asked = round;
    String key = site.keys().slot(epoch, slot);
    underWay++;
    requests.untilAnswered(
        new ObjectRequest.Get(key, null),
        () -> round == asked,
        (result, sentNanos, then, effects) -> {
          underWay--;
          byte[] bytes = result instanceof ObjectResult.Found found ? found.bytes() : null;
          Fetched fetched = new Fetched(slot, epoch, key, bytes, sentNanos);
          arrived.put(slot, fetched);
          arrivedBytes += fetched.sizeBytes();
          drain(then, effects);
        },
        now,
        out);
  }

  private void drain(Now now, Effects out) {
    boolean pulled = false;
    while (running && !deciding && !arrived.isEmpty()) {
      Fetched first = arrived.firstEntry().getValue();
      if (first.slot > log.committed().slot() + 1) {
        break;
      }
      arrived.remove(first.slot);
      arrivedBytes -= first.sizeBytes();
      if (first.slot == log.committed().slot() + 1) {
        pulled |= take(first, now, out);
      }
    }
    if (pulled) {
      owner.onPulled(now, out);
    }
    fetch(now, out);
  }

  /** Takes what was found at the next slot; true if it was the next entry. */
  private boolean take(Fetched fetched, Now now, Effects out) {
    if (fetched.bytes == null) {
      decideAfterRoot(fetched, Finding.NOTHING, "is missing", now, out);
      return false;
    }
    try {
      StoredObject object =
          StoredObject.decode(
              fetched.key, view.known().group(), fetched.epoch, fetched.slot, fetched.bytes);
      if (!(object instanceof StoredObject.Data data)) {
        decideAfterRoot(fetched, Finding.SEAL, "is a seal", now, out);
        return false;
      }
      Entry entry = data.entry();
      if (!log.committed().linksTo(entry)) {
        String what = "does not continue the log that this replica has";
        decideAfterRoot(fetched, Finding.DAMAGE, what, now, out);
        return false;
      }
      log.appendCommitted(entry, out);
    } catch (CorruptObject e) {
      decideAfterRoot(fetched, Finding.DAMAGE, String.valueOf(e.getMessage()), now, out);
      return false;
    }
    doubt = null;
    typicalBytes = Math.max(fetched.sizeBytes(), typicalBytes - typicalBytes / 8);
    if (fetched.slot > known) {
      eager = Math.min(2 * eager, readsMax);
    }
    return true;
  }

  private void decideAfterRoot(
      Fetched fetched, Finding finding, String what, Now now, Effects out) {
    newRound();
    deciding = true;
    long asked = round;
    reader.ask(
        (sentNanos, then, effects) -> {
          if (round == asked && deciding) {
            deciding = false;
            decide(fetched, finding, what, then, effects);
          }
        },
        now,
        out);
  }

  /** The root was read after the slot (A.5.6): now it can be told what the finding means. */
  private void decide(Fetched fetched, Finding finding, String what, Now now, Effects out) {
    Root root = view.known();
    Segment segment = root.segmentOf(fetched.slot);
    boolean elsewhere =
        log.committed().slot() + 1 != fetched.slot
            || fetched.slot < root.truncateSlot()
            || segment == null
            || segment.epoch() != fetched.epoch;
    if (elsewhere || segment == null) {
      doubt = null;
      fetch(now, out);
      return;
    }
    if (segment.open() && finding != Finding.DAMAGE) {
      stop();
      doubt = null;
      eager = 1;
      owner.onEnd(finding == Finding.SEAL, fetched.sentNanos, now, out);
      return;
    }
    Doubt again = new Doubt(fetched.slot, fetched.epoch);
    if (!again.equals(doubt)) {
      // It may have been truncated between the two reads; a read after a root tells.
      doubt = again;
      fetch(now, out);
      return;
    }
    stop();
    out.halt(
        (finding == Finding.DAMAGE && what.contains(fetched.key)
                ? what
                : "object " + fetched.key + " " + what)
            + ", although root version "
            + root.version()
            + " counts it as part of the log; bring the object back from the bucket's versions,"
            + " then restart");
  }

  /**
   * Makes sure that what a local snapshot ends with is part of this log, before anything is built
   * upon it. True if that is certain already.
   */
  private boolean anchor(Root root, Now now, Effects out) {
    LogMark mark = log.committed();
    Segment segment = root.segmentOf(mark.slot());
    if (mark.slot() < root.truncateSlot() || segment == null) {
      anchored = true; // deleted perhaps; whatever comes next is there, and must link
      return true;
    }
    String key = site.keys().slot(segment.epoch(), mark.slot());
    deciding = true;
    long asked = round;
    requests.untilAnswered(
        new ObjectRequest.Get(key, null),
        () -> round == asked,
        (result, sentNanos, then, effects) -> {
          if (result instanceof ObjectResult.Found found
              && isMark(mark, found.bytes(), key, segment)) {
            deciding = false;
            anchored = true;
            fetch(then, effects);
          } else {
            anchorAfterRoot(mark, root, key, then, effects);
          }
        },
        now,
        out);
    return false;
  }

  /** Pushes may have moved the log on since the read was sent: they linked to the mark. */
  private boolean isMark(LogMark mark, byte[] bytes, String key, Segment segment) {
    try {
      return StoredObject.decode(key, view.known().group(), segment.epoch(), mark.slot(), bytes)
              instanceof StoredObject.Data data
          && data.entry().hash().equals(mark.hash());
    } catch (CorruptObject e) {
      return false;
    }
  }

  private void anchorAfterRoot(LogMark mark, Root before, String key, Now now, Effects out) {
    long asked = round;
    reader.ask(
        (sentNanos, then, effects) -> {
          if (round != asked) {
            return;
          }
          deciding = false;
          if (!view.isCurrent(before)) {
            fetch(then, effects);
            return;
          }
          stop();
          effects.halt(
              "the newest snapshot of this replica ends with slot "
                  + mark.slot()
                  + ", which is not what "
                  + key
                  + " holds: this data directory belongs to another log, or the bucket has lost"
                  + " objects; remove this replica's data directory if the bucket is right");
        },
        now,
        out);
  }
}
