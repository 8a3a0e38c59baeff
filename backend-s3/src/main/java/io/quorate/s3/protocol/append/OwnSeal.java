// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.append;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.Root;
import io.quorate.s3.layout.StoredObject;
import io.quorate.s3.protocol.store.Agenda;
import io.quorate.s3.protocol.store.Requests;
import io.quorate.s3.protocol.store.Site;

/**
 * A leader ends its own epoch: it seals the slot that it would write next (A.5.4, planned
 * hand-over). Once the first attempt has left there is no way back.
 */
public final class OwnSeal {

  /** Whoever hands over. */
  public interface Owner {
    /** The next slot holds a seal, this one or another's. */
    void onOwnSeal(Now now, Effects out);
  }

  private final Site site;
  private final Root root;
  private final long slot;
  private final String key;
  private final Requests requests;
  private final Agenda agenda;
  private final Owner owner;
  private final byte[] bytes;
  private int attempts;
  private boolean ended;

  /** Seals {@code slot}, which nobody has written. */
  public OwnSeal(
      Site site, Root root, long slot, Requests requests, Agenda agenda, Owner owner, Now now) {
    this.site = site;
    this.root = root;
    this.slot = slot;
    this.key = site.keys().slot(root.epoch(), slot);
    this.requests = requests;
    this.agenda = agenda;
    this.owner = owner;
    this.bytes =
        new StoredObject.Seal(
                root.epoch(),
                slot,
                site.incarnation(),
                root.version(),
                StoredObject.Reason.HANDOVER,
                now.wallNanos())
            .bytes(root.group());
  }

  /** The slot of the seal. */
  public long slot() {
    return slot;
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
    requests.attempt(
        new ObjectRequest.Create(key, bytes),
        site.config().requests().attemptTimeoutMin().toNanos(),
        (result, sentNanos, then, effects) -> {
          if (ended) {
            return;
          }
          if (result instanceof ObjectResult.Stored) {
            end(then, effects);
          } else {
            readBack(then, effects);
          }
        },
        now,
        out);
  }

  private void readBack(Now now, Effects out) {
    requests.untilAnswered(
        new ObjectRequest.Get(key, null),
        () -> !ended,
        (result, sentNanos, then, effects) -> {
          if (result instanceof ObjectResult.Found found) {
            onFound(found.bytes(), then, effects);
          } else {
            agenda.at(then.monotonicNanos() + requests.backoffNanos(attempts), this::send);
          }
        },
        now,
        out);
  }

  private void onFound(byte[] found, Now now, Effects out) {
    String what = "object " + key + " holds data that the owner of its epoch did not write";
    try {
      StoredObject object = StoredObject.decode(key, root.group(), root.epoch(), slot, found);
      if (object instanceof StoredObject.Seal) {
        end(now, out);
        return;
      }
    } catch (CorruptObject e) {
      what = String.valueOf(e.getMessage());
    }
    ended = true;
    out.halt(what + "; find out who else writes below " + site.keys().prefix() + ", then restart");
  }

  private void end(Now now, Effects out) {
    ended = true;
    owner.onOwnSeal(now, out);
  }
}
