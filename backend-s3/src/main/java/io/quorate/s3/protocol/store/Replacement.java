// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.store;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.Root;
import io.quorate.s3.protocol.log.HardState;

/**
 * One logical compare-and-set of the root. All attempts carry the same bytes, with a nonce that no
 * other replacement has; whether it took place is read from the root, never from an error (A.7 L5).
 */
public final class Replacement {

  /** Whoever replaces the root. */
  public interface Owner {
    /** It took place, and nothing has replaced it as far as is known. */
    void onReplaced(Now now, Effects out);

    /** The root is another one: this replacement never takes place, or was replaced in turn. */
    void onDefeated(Now now, Effects out);
  }

  private final Site site;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final Agenda agenda;
  private final Root basis;
  private final String etag;
  private final Root next;
  private final byte[] bytes;
  private final Owner owner;
  private int attempts;
  private boolean ended;

  /**
   * A replacement of {@code basis}.
   *
   * @param etag of {@code basis}
   * @param next carries a nonce of its own
   */
  public Replacement(
      Site site,
      RootView view,
      RootReader reader,
      Requests requests,
      Agenda agenda,
      Root basis,
      String etag,
      Root next,
      Owner owner) {
    this.site = site;
    this.view = view;
    this.reader = reader;
    this.requests = requests;
    this.agenda = agenda;
    this.basis = basis;
    this.etag = etag;
    this.next = next;
    this.bytes = next.bytes();
    this.owner = owner;
  }

  /** Whether this root is the one that is to be. */
  public boolean makes(Root root) {
    return root.sameAs(next);
  }

  /** The outcome does not matter any more. */
  public void abandon() {
    ended = true;
  }

  /** Makes an attempt. */
  public void send(Now now, Effects out) {
    if (ended) {
      return;
    }
    attempts++;
    HardState atSend = view.floor();
    requests.attempt(
        new ObjectRequest.Replace(site.keys().root(), bytes, etag),
        site.config().requests().attemptTimeoutMin().toNanos(),
        (result, sentNanos, then, effects) -> {
          if (ended) {
            return;
          }
          if (result instanceof ObjectResult.Stored stored) {
            view.accept(next, stored.etag(), atSend);
            judge(then, effects);
          } else {
            // 412 may be our own earlier attempt; all else may yet be executed.
            reader.ask((sent, later, more) -> judge(later, more), then, effects);
          }
        },
        now,
        out);
  }

  private void judge(Now now, Effects out) {
    if (ended) {
      return;
    }
    if (view.isCurrent(basis)) {
      agenda.at(now.monotonicNanos() + requests.backoffNanos(attempts), this::send);
      return;
    }
    ended = true;
    if (view.isCurrent(next)) {
      owner.onReplaced(now, out);
    } else {
      owner.onDefeated(now, out);
    }
  }
}
