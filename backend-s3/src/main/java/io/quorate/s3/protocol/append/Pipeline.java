// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.append;

import io.quorate.core.check.Check;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.S3Config;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.protocol.pacing.Departures;
import io.quorate.s3.protocol.pacing.LatencyEstimate;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.Site;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.UUID;

/**
 * The slots of one epoch on their way to the bucket (A.5.3). All attempts for a slot carry the same
 * bytes; what an attempt did is never guessed, but read back; a slot counts only once all before it
 * are durable.
 *
 * <p>Invariants: slots are dense; bytes of a slot never change (B1); nothing at or above a seal is
 * ever reported as stored.
 */
public final class Pipeline {
  /** Bounds of the wait after a lost race with another attempt for the same key. */
  private static final long CONFLICT_NANOS = 45_000_000;

  private static final long CONFLICT_LEAST_NANOS = 5_000_000;

  /** Whoever leads the epoch. */
  public interface Owner {
    /**
     * This slot and all before it are durable: committed.
     *
     * @param firstSentNanos when its first attempt left
     */
    void onStored(long slot, long firstSentNanos, Now now, Effects out);

    /** There is a seal where one of the slots should be; no verdict yet. */
    void onSeal(Now now, Effects out);
  }

  private static final class Slot {
    final long slot;
    final String key;
    final byte[] bytes;
    final long firstSentNanos;
    int attempts;
    boolean durable;
    boolean readingBack;
    boolean resendDue;
    boolean hedged;

    Slot(long slot, String key, byte[] bytes, long firstSentNanos) {
      this.slot = slot;
      this.key = key;
      this.bytes = bytes;
      this.firstSentNanos = firstSentNanos;
    }
  }

  private final Site site;
  private final UUID group;
  private final long epoch;
  private final Requests requests;
  private final Agenda agenda;
  private final Owner owner;
  private final Departures departures;
  private final LatencyEstimate latency = new LatencyEstimate();
  private final ArrayDeque<Slot> inFlight = new ArrayDeque<>();
  private long bytesInFlight;
  private long sealedAt = Long.MAX_VALUE;
  private boolean closed;

  /** The pipeline of an epoch that this incarnation owns. */
  public Pipeline(
      Site site, UUID group, long epoch, Requests requests, Agenda agenda, Owner owner) {
    this.site = site;
    this.group = group;
    this.epoch = epoch;
    this.requests = requests;
    this.agenda = agenda;
    this.owner = owner;
    this.departures = new Departures(site.config().append());
  }

  /** Freezes the bytes of a slot and sends them. */
  public void add(Entry entry, Now now, Effects out) {
    Check.that(
        !closed && sealedAt == Long.MAX_VALUE,
        "slot %s behind the seal at %s",
        entry.slot(),
        sealedAt);
    Slot last = inFlight.peekLast();
    Check.that(
        last == null || entry.slot() == last.slot + 1, "slot %s is not the next one", entry.slot());
    Check.that(entry.epoch() == epoch, "entry of epoch %s in %s", entry.epoch(), epoch);
    Slot slot =
        new Slot(
            entry.slot(),
            site.keys().slot(epoch, entry.slot()),
            new StoredObject.Data(entry, site.incarnation()).bytes(group),
            now.monotonicNanos());
    inFlight.add(slot);
    bytesInFlight += slot.bytes.length;
    departures.left(now.monotonicNanos());
    send(slot, now, out);
    scheduleHedge(slot, now);
  }

  /** When the next batch may leave, see {@link Departures#nextAt}. */
  public long nextDepartureNanos(boolean full, Now now) {
    return departures.nextAt(full, inFlight.size(), bytesInFlight, now.monotonicNanos());
  }

  /** How many slots may be on their way now. */
  public int window() {
    return departures.window();
  }

  /** How many slots are on their way. */
  public int inFlight() {
    return inFlight.size();
  }

  /** Whether nothing is on its way. */
  public boolean isEmpty() {
    return inFlight.isEmpty();
  }

  /** The lowest slot at which a seal was found; {@link Long#MAX_VALUE} if none was. */
  public long sealedAt() {
    return sealedAt;
  }

  /** Whether it is known of all slots below this one that they are durable. */
  public boolean isDurableBelow(long slot) {
    Slot oldest = inFlight.peekFirst();
    return oldest == null || oldest.slot >= slot;
  }

  /** Since when the oldest slot is on its way; {@link Long#MAX_VALUE} if none is. */
  public long oldestNanos() {
    Slot oldest = inFlight.peekFirst();
    return oldest == null ? Long.MAX_VALUE : oldest.firstSentNanos;
  }

  /** Ends: what is still under way may be executed at any later time, and nobody will care. */
  public void close() {
    closed = true;
    inFlight.clear();
    bytesInFlight = 0;
  }

  private void send(Slot slot, Now now, Effects out) {
    S3Config.Requests config = site.config().requests();
    slot.attempts++;
    if (slot.attempts > 1) {
      departures.repeated(now.monotonicNanos());
    }
    requests.attempt(
        new ObjectRequest.Create(slot.key, slot.bytes),
        latency.timeoutNanos(
            config.attemptTimeoutMin().toNanos(), config.attemptTimeoutMax().toNanos()),
        (result, sentNanos, then, effects) -> onAnswer(slot, result, sentNanos, then, effects),
        now,
        out);
  }

  private boolean isMoot(Slot slot) {
    return closed || slot.durable || slot.slot >= sealedAt;
  }

  private void onAnswer(Slot slot, ObjectResult result, long sentNanos, Now now, Effects out) {
    long nowNanos = now.monotonicNanos();
    if (result instanceof ObjectResult.Stored || result instanceof ObjectResult.Unclear) {
      latency.add(nowNanos - sentNanos);
    }
    if (isMoot(slot)) {
      return;
    }
    switch (result) {
      case ObjectResult.Stored stored -> {
        departures.stored();
        becomeDurable(slot, now, out);
      }
      case ObjectResult.Conflict conflict ->
          resendIn(slot, CONFLICT_LEAST_NANOS + site.jitterNanos(CONFLICT_NANOS), now);
      case ObjectResult.Throttled throttled -> {
        departures.throttled(sentNanos, nowNanos);
        resendIn(slot, requests.backoffNanos(slot.attempts), now);
      }
      case ObjectResult.Refused refused ->
          resendIn(slot, requests.backoffNanos(slot.attempts + 4), now);
      default -> readBack(slot, now, out); // 412, 500, silence: never a verdict
    }
  }

  /** What is under the key: an earlier attempt of ours, a seal, or nothing. */
  private void readBack(Slot slot, Now now, Effects out) {
    if (slot.readingBack) {
      return;
    }
    slot.readingBack = true;
    requests.untilAnswered(
        new ObjectRequest.Get(slot.key, null),
        () -> !isMoot(slot),
        (result, sentNanos, then, effects) -> {
          slot.readingBack = false;
          if (result instanceof ObjectResult.Found found) {
            onFound(slot, found.bytes(), then, effects);
          } else {
            resendIn(slot, requests.backoffNanos(slot.attempts), then);
          }
        },
        now,
        out);
  }

  private void onFound(Slot slot, byte[] found, Now now, Effects out) {
    if (Arrays.equals(found, slot.bytes)) {
      becomeDurable(slot, now, out);
      return;
    }
    String what;
    try {
      StoredObject object = StoredObject.decode(slot.key, group, epoch, slot.slot, found);
      if (object instanceof StoredObject.Seal) {
        sealedAt = Math.min(sealedAt, slot.slot);
        owner.onSeal(now, out);
        return;
      }
      what = "object " + slot.key + " holds other data than the owner of its epoch wrote";
    } catch (CorruptObject e) {
      what = String.valueOf(e.getMessage());
    }
    out.halt(
        what
            + "; only this replica may write there: find out who else writes below "
            + site.keys().prefix()
            + ", bring the object back from the bucket's versions, then restart");
  }

  private void becomeDurable(Slot slot, Now now, Effects out) {
    slot.durable = true;
    Slot oldest = inFlight.peekFirst();
    while (!closed && oldest != null && oldest.durable && oldest.slot < sealedAt) {
      inFlight.removeFirst();
      bytesInFlight -= oldest.bytes.length;
      owner.onStored(oldest.slot, oldest.firstSentNanos, now, out);
      oldest = inFlight.peekFirst();
    }
    if (!closed && oldest != null) {
      hedge(oldest, now, out); // a new head of the line may be late already
    }
  }

  private void resendIn(Slot slot, long nanos, Now now) {
    if (slot.resendDue) {
      return;
    }
    slot.resendDue = true;
    agenda.at(
        now.monotonicNanos() + nanos,
        (then, out) -> {
          slot.resendDue = false;
          if (!isMoot(slot)) {
            send(slot, then, out);
          }
        });
  }

  private void scheduleHedge(Slot slot, Now now) {
    long patience = latency.lateNanos();
    if (site.config().requests().hedge() && patience != Long.MAX_VALUE) {
      agenda.at(now.monotonicNanos() + patience, (then, out) -> hedge(slot, then, out));
    }
  }

  /** Sends the head of the line once more when it takes longer than nearly all do. */
  private void hedge(Slot slot, Now now, Effects out) {
    long patience = latency.lateNanos();
    boolean late =
        patience != Long.MAX_VALUE && now.monotonicNanos() - slot.firstSentNanos >= patience;
    boolean due =
        site.config().requests().hedge()
            && late
            && !slot.hedged
            && slot.attempts == 1
            && !isMoot(slot)
            && inFlight.peekFirst() == slot;
    if (due) {
      slot.hedged = true;
      send(slot, now, out);
    }
  }
}
