// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.claim;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.Root;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.RootReader;
import io.quorate.s3.protocol.store.RootView;
import io.quorate.s3.protocol.store.Site;

/**
 * The founding of a group below an empty prefix (A.5.2). All attempts carry the same bytes; whoever
 * reads back its own nonce is the founder.
 */
public final class Founding {

  /** Whoever wants a group to be there. */
  public interface Owner {
    /** There is a root now, this replica's or another's; the view shows it. */
    void onFounded(Now now, Effects out);
  }

  private final Site site;
  private final RootView view;
  private final RootReader reader;
  private final Requests requests;
  private final Agenda agenda;
  private final Owner owner;
  private final Root root;
  private int attempts;
  private boolean ended;

  /** Draws the root of a new group. */
  public Founding(
      Site site,
      RootView view,
      RootReader reader,
      Requests requests,
      Agenda agenda,
      Owner owner,
      Now now) {
    this.site = site;
    this.view = view;
    this.reader = reader;
    this.requests = requests;
    this.agenda = agenda;
    this.owner = owner;
    this.root =
        Root.first(
            site.group(),
            site.draw(),
            site.draw(),
            site.asLeader(),
            site.config().reads().lease().toMillis(),
            now.wallNanos());
  }

  /** Makes an attempt. */
  public void send(Now now, Effects out) {
    attempts++;
    requests.attempt(
        new ObjectRequest.Create(site.keys().root(), root.bytes()),
        site.config().requests().attemptTimeoutMin().toNanos(),
        (result, sentNanos, then, effects) -> onAnswer(result, then, effects),
        now,
        out);
  }

  private void onAnswer(ObjectResult result, Now now, Effects out) {
    if (ended) {
      return;
    }
    if (result instanceof ObjectResult.Stored stored) {
      view.accept(root, stored.etag(), view.floor());
      end(now, out);
      return;
    }
    reader.ask((sentNanos, then, effects) -> onRead(then, effects), now, out);
  }

  private void onRead(Now now, Effects out) {
    if (ended) {
      return;
    }
    if (view.root() != null) {
      end(now, out);
    } else {
      agenda.at(now.monotonicNanos() + requests.backoffNanos(attempts), this::send);
    }
  }

  private void end(Now now, Effects out) {
    ended = true;
    owner.onFounded(now, out);
  }
}
