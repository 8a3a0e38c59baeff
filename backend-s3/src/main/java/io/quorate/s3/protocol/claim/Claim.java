// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.claim;

import io.quorate.core.check.Check;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.layout.Root;
import io.quorate.s3.protocol.log.S3Log;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Replacement;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to take an epoch over (A.5.4): the segment is sealed first, so that its end stands
 * fast, and only then the root is replaced, on the ETag that was read before any of it. Whatever
 * changed the root meanwhile, a watermark above all, so defeats the claim.
 *
 * <p>Invariants: the ETag of the replacement is older than the scan; all attempts of the
 * replacement carry the same bytes and one nonce, which no other replacement ever has.
 */
public final class Claim implements SealVolley.Owner, Replacement.Owner {

  /** Whoever wants to lead. */
  public interface Owner {
    /** The end is known, the root is being replaced. */
    void onCasing(Now now, Effects out);

    /**
     * The new epoch is ours.
     *
     * @param leaseMillis of the leader before: to be waited for
     */
    void onWon(long leaseMillis, Now now, Effects out);

    /** The root is another one: somebody lives, or was faster. */
    void onLost(String why, Now now, Effects out);
  }

  private final Site site;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final Agenda agenda;
  private final S3Log log;
  private final Owner owner;
  private final Root basis;
  private final String etag;
  private final SealVolley volley;
  private boolean ended;
  private @Nullable Replacement replacement;

  /**
   * A claim that rests on the root as the view shows it now. Everything that it reads must be read
   * afterwards.
   */
  public Claim(
      Site site,
      RootView view,
      RootReader reader,
      Requests requests,
      Agenda agenda,
      S3Log log,
      Owner owner) {
    this.site = site;
    this.view = view;
    this.reader = reader;
    this.requests = requests;
    this.agenda = agenda;
    this.log = log;
    this.owner = owner;
    this.basis = view.known();
    this.etag = String.valueOf(view.etag());
    this.volley = new SealVolley(site, basis, requests, agenda, log, this);
  }

  /** The root that this claim rests on. */
  public Root basis() {
    return basis;
  }

  /** Whether the view still shows the root that this claim rests on. */
  public boolean stands() {
    return !ended && view.isCurrent(basis);
  }

  /** Gives up; what was sent may still be executed, and then changes nothing (A.7 L5). */
  public void abandon() {
    ended = true;
    volley.stop();
    Replacement started = replacement;
    if (started != null) {
      started.abandon();
    }
  }

  /**
   * Goes on from the end of what was read: every slot before it is committed here.
   *
   * @param sealed whether a seal was read at the next slot
   */
  public void onEnd(boolean sealed, Now now, Effects out) {
    if (!stands()) {
      lose(now, out);
      return;
    }
    Check.that(
        log.committed().slot() + 1 >= basis.open().start(),
        "the log is known to slot %s only, epoch %s begins at %s",
        log.committed().slot(),
        basis.epoch(),
        basis.open().start());
    if (sealed) {
      onSealedEnd(now, out);
    } else {
      volley.begin(now, out);
    }
  }

  /** The root changed in sight of this replica. */
  public void onNewRoot(Now now, Effects out) {
    if (!ended && !view.isCurrent(basis) && !isMine()) {
      lose(now, out);
    }
  }

  private boolean isMine() {
    Replacement started = replacement;
    return started != null && started.makes(view.known());
  }

  @Override
  public void onSealedEnd(Now now, Effects out) {
    if (ended) {
      return;
    }
    volley.stop();
    Root next =
        basis.takenOver(
            site.draw(),
            site.asLeader(),
            log.committed().slot() + 1,
            log.committed().hash(),
            site.config().reads().lease().toMillis(),
            log.committed().timeFloorNanos());
    out.trace(
        new Trace.Noted(
            "s3 A.5.4 seal",
            "epoch " + basis.epoch() + " ends at slot " + (log.committed().slot() + 1)));
    owner.onCasing(now, out);
    Replacement started =
        new Replacement(site, view, reader, requests, agenda, basis, etag, next, this);
    replacement = started;
    started.send(now, out);
  }

  @Override
  public void onReplaced(Now now, Effects out) {
    ended = true;
    owner.onWon(basis.leaseMillis(), now, out);
  }

  @Override
  public void onDefeated(Now now, Effects out) {
    lose(now, out);
  }

  @Override
  public void onMismatch(String what, Now now, Effects out) {
    // Below a watermark that has moved there may be anything; above it, nothing of the kind.
    reader.ask(
        (sentNanos, then, effects) -> {
          if (ended) {
            return;
          }
          if (view.isCurrent(basis)) {
            effects.halt(
                what
                    + ", although the root counts it as part of the log; bring the object back from"
                    + " the bucket's versions, then restart");
          } else {
            lose(then, effects);
          }
        },
        now,
        out);
  }

  private void lose(Now now, Effects out) {
    if (!ended) {
      abandon();
      owner.onLost("the root changed to version " + view.known().version(), now, out);
    }
  }
}
