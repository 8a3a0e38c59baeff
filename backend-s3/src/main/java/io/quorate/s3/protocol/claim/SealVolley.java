// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.claim;

import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.Site;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a segment by closing it: seals are created at the next slots, as many as the
 * leader may have under way, and the lowest slot that holds a seal behind nothing but data is the
 * end. Every sealer finds the same one, since each key is written once.
 */
final class SealVolley {
  private static final long CONFLICT_NANOS = 50_000_000;

  /** Whoever seals. */
  interface Owner {
    /** The slot behind the last committed one holds a seal. */
    void onSealedEnd(Now now, Effects out);

    /** Something else than the next entry or a seal was found. */
    void onMismatch(String what, Now now, Effects out);
  }

  private static final class Target {
    final long slot;
    final String key;
    final byte[] seal;
    int attempts;
    boolean sealed;
    @Nullable Entry data;
    @Nullable String corrupt;

    Target(long slot, String key, byte[] seal) {
      this.slot = slot;
      this.key = key;
      this.seal = seal;
    }
  }

  private final Site site;
  private final Root basis;
  private final Requests requests;
  private final Agenda agenda;
  private final S3Log log;
  private final Owner owner;
  private final TreeMap<Long, Target> targets = new TreeMap<>();
  private boolean stopped;

  SealVolley(Site site, Root basis, Requests requests, Agenda agenda, S3Log log, Owner owner) {
    this.site = site;
    this.basis = basis;
    this.requests = requests;
    this.agenda = agenda;
    this.log = log;
    this.owner = owner;
  }

  void stop() {
    stopped = true;
  }

  /** Seals from the next slot on. */
  void begin(Now now, Effects out) {
    targets.clear();
    long from = log.committed().slot() + 1;
    for (long slot = from; slot <= from + site.config().append().putsInFlightMax(); slot++) {
      StoredObject.Seal seal =
          new StoredObject.Seal(
              basis.epoch(),
              slot,
              site.incarnation(),
              basis.version(),
              StoredObject.Reason.TAKEOVER,
              now.wallNanos());
      targets.put(
          slot, new Target(slot, site.keys().slot(basis.epoch(), slot), seal.bytes(basis.group())));
    }
    for (Target target : targets.values()) {
      send(target, now, out);
    }
  }

  private void send(Target target, Now now, Effects out) {
    target.attempts++;
    requests.attempt(
        new ObjectRequest.Create(target.key, target.seal),
        site.config().requests().attemptTimeoutMin().toNanos(),
        (result, sentNanos, then, effects) -> onAnswer(target, result, then, effects),
        now,
        out);
  }

  private void onAnswer(Target target, ObjectResult result, Now now, Effects out) {
    if (stopped) {
      return;
    }
    switch (result) {
      case ObjectResult.Stored stored -> {
        target.sealed = true;
        scan(now, out);
      }
      case ObjectResult.Conflict conflict ->
          resendIn(target, site.jitterNanos(CONFLICT_NANOS), now);
      case ObjectResult.Refused refused ->
          resendIn(target, requests.backoffNanos(target.attempts + 4), now);
      default -> readBack(target, now, out);
    }
  }

  private void resendIn(Target target, long nanos, Now now) {
    agenda.at(
        now.monotonicNanos() + nanos,
        (then, out) -> {
          if (!stopped) {
            send(target, then, out);
          }
        });
  }

  private void readBack(Target target, Now now, Effects out) {
    requests.untilAnswered(
        new ObjectRequest.Get(target.key, null),
        () -> !stopped,
        (result, sentNanos, then, effects) -> {
          if (result instanceof ObjectResult.Found found) {
            read(target, found.bytes());
            scan(then, effects);
          } else {
            resendIn(target, requests.backoffNanos(target.attempts), then);
          }
        },
        now,
        out);
  }

  private void read(Target target, byte[] found) {
    try {
      switch (StoredObject.decode(target.key, basis.group(), basis.epoch(), target.slot, found)) {
        case StoredObject.Data data -> target.data = data.entry();
        case StoredObject.Seal seal -> target.sealed = true;
      }
    } catch (CorruptObject e) {
      target.corrupt = e.getMessage();
    }
  }

  /** Takes what is known from the front. */
  private void scan(Now now, Effects out) {
    while (!stopped) {
      Target next = targets.get(log.committed().slot() + 1);
      if (next == null) {
        begin(now, out); // all data: the leader had more under way than we thought
        return;
      }
      Entry entry = next.data;
      if (next.sealed) {
        owner.onSealedEnd(now, out);
        return;
      }
      if (next.corrupt != null) {
        stopped = true;
        owner.onMismatch(next.corrupt, now, out);
        return;
      }
      if (entry == null) {
        return;
      }
      if (!log.committed().linksTo(entry)) {
        stopped = true;
        owner.onMismatch("object " + next.key + " does not continue the log", now, out);
        return;
      }
      log.appendCommitted(entry, out);
    }
  }
}
