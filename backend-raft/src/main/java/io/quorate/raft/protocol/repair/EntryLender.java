// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.protocol.repair;

import io.quorate.api.NodeId;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import io.quorate.core.log.FaultySlot;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Outgoing;
import io.quorate.raft.message.RaftMessage.FetchEntries;
import io.quorate.raft.message.RaftMessage.FetchReply;
import io.quorate.raft.protocol.election.Standing;
import io.quorate.raft.protocol.log.RaftLog;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Answers those whose entries are damaged, in any role.
 *
 * <p>What it says of an entry that it does not have is a promise: not in this term or an earlier
 * one will it acknowledge that entry. So such an answer leaves once the term is durable, like a
 * vote; and a replica whose own entry is damaged, or whose log may have lost its end, promises
 * nothing.
 */
public final class EntryLender {
  private record Lending(long loadId, List<FaultySlot> wanted) {}

  private final RaftLog log;
  private final Standing standing;
  private final int bytesMax;
  // One for each peer at most: whoever asks again is answered by the load that is under way.
  private final TreeMap<NodeId, Lending> lendings = new TreeMap<>();

  /**
   * Lends from the given log.
   *
   * @param bytesMax most bytes of entries in one answer, but for a single larger one
   */
  public EntryLender(RaftLog log, Standing standing, int bytesMax) {
    this.log = log;
    this.standing = standing;
    this.bytesMax = bytesMax;
  }

  /**
   * Answers what can be answered from memory; asks the disk for the rest.
   *
   * @param loadId names a load, in case one is needed
   */
  public void onFetch(NodeId from, FetchEntries question, long loadId, Effects out) {
    List<FaultySlot> onDisk = new ArrayList<>();
    FetchReply answer =
        new FetchReply(
            log.term(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    long bytes = 0;
    for (FaultySlot wanted : question.slots()) {
      Entry held = log.view().get(wanted.slot());
      if (wanted.slot() <= log.base().slot()) {
        answer.compacted().add(wanted);
      } else if (!log.matches(wanted.slot(), wanted.epoch())) {
        (standing.headCertain() ? answer.absent() : answer.damaged()).add(wanted);
      } else if (held != null) {
        bytes += held.sizeBytes();
        if (answer.entries().isEmpty() || bytes <= bytesMax) {
          answer.entries().add(held);
        }
      } else if (log.isFaulty(wanted.slot())) {
        answer.damaged().add(wanted);
      } else if (follows(onDisk, wanted)) {
        onDisk.add(wanted);
      }
    }
    if (!answer.isEmpty()) {
      reply(from, answer, out);
    }
    if (!onDisk.isEmpty() && answer.entries().isEmpty() && !lendings.containsKey(from)) {
      lendings.put(from, new Lending(loadId, onDisk));
      out.load(loadId, onDisk.getFirst().slot(), onDisk.getLast().slot(), bytesMax);
    }
  }

  /** One load reads one dense range; what lies apart is asked for again. */
  private boolean follows(List<FaultySlot> run, FaultySlot next) {
    return next.slot() <= log.written()
        && (run.isEmpty() || run.getLast().slot() + 1 == next.slot());
  }

  /** Entries were read back; false if the load was not for anybody who asked. */
  public boolean onLoaded(long loadId, List<Entry> entries, Effects out) {
    for (NodeId asker : lendings.keySet()) {
      Lending lending = lendings.get(asker);
      if (lending != null && lending.loadId == loadId) {
        lendings.remove(asker);
        List<Entry> lent = new ArrayList<>();
        for (int i = 0; i < Math.min(entries.size(), lending.wanted.size()); i++) {
          ChainHash wanted = lending.wanted.get(i).hash();
          if (entries.get(i).hash().equals(wanted)) {
            lent.add(entries.get(i));
          }
        }
        if (!lent.isEmpty()) {
          reply(asker, new FetchReply(log.term(), lent, List.of(), List.of(), List.of()), out);
        }
        return true;
      }
    }
    return false;
  }

  private void reply(NodeId to, FetchReply answer, Effects out) {
    Outgoing message = new Outgoing(to, answer);
    if (answer.absent().isEmpty() || log.hardStateDurable()) {
      out.send(message);
    } else {
      log.release(message);
    }
  }
}
