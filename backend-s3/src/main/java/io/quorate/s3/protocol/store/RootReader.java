// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.protocol.store;

import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import io.quorate.core.protocol.Trace;
import io.quorate.s3.layout.CorruptObject;
import io.quorate.s3.layout.Root;
import io.quorate.s3.protocol.log.HardState;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the root for all who need it: one conditional read is under way at most, and who asks
 * meanwhile joins the next one. Whoever asked is told only by a read that was sent after it asked.
 *
 * <p>Asks again until there is an answer; a bucket that cannot be reached leaves everybody waiting,
 * which is all that may be done.
 */
public final class RootReader {
  private static final long NEVER = Long.MIN_VALUE / 2;

  /** Whoever needs to know what the root is now. */
  public interface Asker {
    /**
     * The root was read; the {@link RootView} shows it, or none if there is none.
     *
     * @param sentNanos when the read left: the root was as shown at some instant after that
     */
    void onRoot(long sentNanos, Now now, Effects out);
  }

  /** Whoever wants to know of every new root. */
  public interface Watcher {
    /** A newer root is known; called before those who asked. */
    void onNewRoot(Now now, Effects out);
  }

  private final Site site;
  private final RootView view;
  private final Requests requests;
  private final Agenda agenda;
  private final Watcher watcher;
  private final long timeoutNanos;
  private List<Asker> queued = new ArrayList<>();
  private List<Asker> flying = new ArrayList<>();
  private boolean underWay;
  private int failures;
  private long failingSinceNanos = Long.MAX_VALUE;
  private long answeredNanos = NEVER;

  /** Nobody has asked yet. */
  public RootReader(Site site, RootView view, Requests requests, Agenda agenda, Watcher watcher) {
    this.site = site;
    this.view = view;
    this.requests = requests;
    this.agenda = agenda;
    this.watcher = watcher;
    this.timeoutNanos = site.config().requests().attemptTimeoutMin().toNanos();
  }

  /** Since when no read was answered; {@link Long#MAX_VALUE} while they are. */
  public long failingSinceNanos() {
    return failingSinceNanos;
  }

  /** When the last read that was answered had been sent. */
  public long answeredNanos() {
    return answeredNanos;
  }

  /** Asks for the root as it is after this instant. */
  public void ask(Asker asker, Now now, Effects out) {
    queued.add(asker);
    if (!underWay) {
      begin(now, out);
    }
  }

  private void begin(Now now, Effects out) {
    List<Asker> empty = flying;
    flying = queued;
    queued = empty;
    underWay = true;
    send(now, out);
  }

  private void send(Now now, Effects out) {
    HardState atSend = view.floor();
    requests.attempt(
        new ObjectRequest.Get(site.keys().root(), view.etag()),
        timeoutNanos,
        (result, sentNanos, then, effects) -> onAnswer(result, atSend, sentNanos, then, effects),
        now,
        out);
  }

  private void onAnswer(
      ObjectResult result, HardState atSend, long sentNanos, Now now, Effects out) {
    boolean answered =
        switch (result) {
          case ObjectResult.Unchanged unchanged -> true;
          case ObjectResult.Found found -> onFound(found, atSend, now, out);
          case ObjectResult.Absent absent -> onAbsent(atSend, out);
          default -> false;
        };
    if (!answered) {
      failures++;
      failingSinceNanos = Math.min(failingSinceNanos, sentNanos);
      agenda.at(now.monotonicNanos() + requests.backoffNanos(failures), this::send);
      return;
    }
    failures = 0;
    failingSinceNanos = Long.MAX_VALUE;
    answeredNanos = sentNanos;
    List<Asker> served = List.copyOf(flying);
    flying.clear();
    underWay = false;
    for (Asker asker : served) {
      asker.onRoot(sentNanos, now, out);
    }
    if (!underWay && !queued.isEmpty()) {
      begin(now, out);
    }
  }

  /** Takes a root that was read; false if the read must be repeated. */
  private boolean onFound(ObjectResult.Found found, HardState atSend, Now now, Effects out) {
    Root root;
    try {
      root = Root.decode(site.keys().root(), site.group(), found.bytes());
    } catch (CorruptObject e) {
      out.halt(
          e.getMessage()
              + "; the root is the one object that all others hang on: bring back its newest"
              + " version from the bucket's versions, or correct quorate.s3.prefix");
      return false;
    }
    return switch (view.accept(root, found.etag(), atSend)) {
      case RootView.Verdict.Same same -> true;
      case RootView.Verdict.Newer newer -> {
        watcher.onNewRoot(now, out);
        yield true;
      }
      case RootView.Verdict.Late late -> {
        out.trace(new Trace.Noted("s3 A.5.9 root", "an earlier read was answered late"));
        yield false;
      }
      case RootView.Verdict.Fault fault -> {
        out.halt(fault.sentence());
        yield false;
      }
    };
  }

  private boolean onAbsent(HardState atSend, Effects out) {
    if (atSend.version() > 0) {
      out.halt(
          site.keys().root()
              + " is gone, this replica has seen version "
              + atSend.version()
              + ": bring the bucket's newest state back, or set bucket and quorate.s3.prefix"
              + " right");
      return false;
    }
    return view.root() == null;
  }
}
