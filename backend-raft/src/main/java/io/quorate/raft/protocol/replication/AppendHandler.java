// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.replication;

import io.quorate.api.NodeId;
import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.Trace;
import io.quorate.raft.message.RaftMessage;
import io.quorate.raft.message.RaftMessage.Append;
import io.quorate.raft.message.RaftMessage.AppendOk;
import io.quorate.raft.message.RaftMessage.AppendReject;
import io.quorate.raft.protocol.log.RaftLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A follower's side of §5.3: makes its log the leader's, and acknowledges what is durable. */
public final class AppendHandler {
  private final RaftLog log;

  /** Works on the given log. */
  public AppendHandler(RaftLog log) {
    this.log = log;
  }

  /**
   * Takes entries, or a heartbeat, of the current term's leader.
   *
   * @return last slot up to which the log is now known to agree with the leader's; 0 if the message
   *     was rejected
   */
  public long onAppend(NodeId from, Append message, Now now, Effects out) {
    long prev = message.prevSlot();
    if (prev > log.base().slot() && !log.matches(prev, message.prevTerm())) {
      reject(from, message, out);
      return 0;
    }
    checkHash(prev, message.prevHash());
    long through = message.throughSlot();
    if (appendEntries(message.entries(), out)) {
      long sound = Math.min(through, log.soundThrough());
      log.release(new Outgoing(from, new AppendOk(log.term(), sound, message.round())));
      log.flush(now, out);
    } else {
      // What is durable already need not wait for the disk, so that a slow one costs no reads.
      long match = Math.min(through, log.durable());
      send(from, new AppendOk(log.term(), match, message.round()), out);
    }
    // Never beyond what this message proves: later slots may hold another leader's entries.
    long commit = Math.min(message.commit(), through);
    if (commit > log.commit()) {
      log.commitTo(commit);
      out.commit(commit);
    }
    return through;
  }

  private boolean appendEntries(List<Entry> entries, Effects out) {
    boolean news = false;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      long slot = entry.slot();
      if (slot <= log.base().slot()) {
        continue;
      }
      if (log.has(slot)) {
        if (log.termAt(slot) == entry.epoch()) {
          checkHash(slot, entry.hash());
          continue;
        }
        out.trace(
            new Trace.Noted(
                "raft §5.3 conflict",
                "slots "
                    + slot
                    + ".."
                    + log.lastSlot()
                    + " of term "
                    + log.termAt(slot)
                    + " give way to term "
                    + entry.epoch()));
        log.truncateFrom(slot, entry.parentHash());
      }
      log.append(entry);
      news = true;
    }
    return news;
  }

  /** Log matching (§5.3): same term at the same slot means the same history. */
  private void checkHash(long slot, @Nullable ChainHash expected) {
    ChainHash known = expected == null || !log.has(slot) ? null : log.hashAt(slot);
    Check.that(
        known == null || known.equals(expected),
        "slot %s holds another entry of the same term than the leader's",
        slot);
  }

  private void reject(NodeId from, Append message, Effects out) {
    long prev = message.prevSlot();
    // The leader of this term has everything that is committed (§5.4.3).
    Check.that(prev > log.commit(), "leader lacks slot %s, committed is %s", prev, log.commit());
    long hint = log.lastSlotWithTermAtMost(prev, message.prevTerm());
    send(
        from,
        new AppendReject(log.term(), prev, hint, log.termAt(hint), log.lastSlot(), message.round()),
        out);
  }

  /** Sends at once, unless the term itself is still on its way to the disk. */
  private void send(NodeId to, RaftMessage message, Effects out) {
    if (log.hardStateDurable()) {
      out.send(new Outgoing(to, message));
    } else {
      log.release(new Outgoing(to, message));
    }
  }
}
