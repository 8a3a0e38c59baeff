// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.toy;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.log.Bytes;
import io.quorate.core.log.CorruptEntry;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.DurableWrite;
import io.quorate.core.log.Entry;
import io.quorate.core.log.EntryKind;
import io.quorate.core.log.LogBase;
import io.quorate.core.log.LogTail;
import io.quorate.core.log.LogView;
import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.core.protocol.RoleChange;
import io.quorate.core.protocol.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The simplest protocol that replicates at all: n1 leads for ever, nobody may crash. Exists to be
 * broken on purpose, so that the simulator can show that it notices.
 */
public final class FixedLeader implements Backend {

  /** What is wrong with it. */
  public enum Flaw {
    NONE,
    COMMITS_ALONE,
    ACKNOWLEDGES_BEFORE_DURABLE,
    EVERYBODY_LEADS,
    FOLLOWERS_FORGE,
    COMMIT_GOES_BACK,
    NEVER_COMMITS,
    DENIES_WHAT_IT_COMMITS,
    SPINS
  }

  private final Flaw flaw;

  public FixedLeader(Flaw flaw) {
    this.flaw = flaw;
  }

  record Put(Entry entry, long commit) implements ProtocolMessage {
    @Override
    public String name() {
      return "Put";
    }
  }

  record Ack(long slot) implements ProtocolMessage {
    @Override
    public String name() {
      return "Ack";
    }
  }

  record Commit(long slot) implements ProtocolMessage {
    @Override
    public String name() {
      return "Commit";
    }
  }

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public ReplicaCore core(Seat seat) {
    return new Core(seat, flaw);
  }

  @Override
  public MessageCodec codec() {
    return new Codec();
  }

  private static final class Codec implements MessageCodec {
    @Override
    public WireMessage encode(ProtocolMessage message) {
      byte[] head = new byte[9];
      return switch (message) {
        case Put put -> {
          Bytes.putLong(head, 1, put.commit());
          yield new WireMessage(head, List.of(put.entry().frame()));
        }
        case Ack ack -> {
          head[0] = 1;
          Bytes.putLong(head, 1, ack.slot());
          yield new WireMessage(head, List.of());
        }
        default -> {
          head[0] = 2;
          Bytes.putLong(head, 1, ((Commit) message).slot());
          yield new WireMessage(head, List.of());
        }
      };
    }

    @Override
    public ProtocolMessage decode(WireMessage wire) throws MalformedMessage {
      long number = Bytes.getLong(wire.head(), 1);
      if (wire.head()[0] == 1) {
        return new Ack(number);
      }
      if (wire.head()[0] == 2) {
        return new Commit(number);
      }
      try {
        return new Put(Entry.decode(wire.attachments().get(0)), number);
      } catch (CorruptEntry e) {
        throw new MalformedMessage("damaged entry", e);
      }
    }
  }

  private static final class Core implements ReplicaCore {
    private static final long TICK_NANOS = 20_000_000;

    private final Seat seat;
    private final Flaw flaw;
    private final LogTail log = new LogTail(LogBase.EMPTY, Long.MAX_VALUE);
    private final TreeMap<NodeId, Long> match = new TreeMap<>();
    private long token;
    private long commit;
    private long durable;
    private long deadline = Long.MAX_VALUE;
    private final List<Entry> written = new ArrayList<>();
    private final List<Outgoing> releases = new ArrayList<>();

    Core(Seat seat, Flaw flaw) {
      this.seat = seat;
      this.flaw = flaw;
    }

    private boolean leads() {
      return flaw == Flaw.EVERYBODY_LEADS || seat.self().equals(seat.members().getFirst());
    }

    @Override
    public void restore(DurableState state, Now now, Effects out) {
      state.tail().forEach(log::append);
      durable = log.lastSlot();
      deadline = now.monotonicNanos() + TICK_NANOS;
      NodeId leader = leads() ? seat.self() : seat.members().getFirst();
      out.role(new RoleChange(leads() ? Role.LEADER : Role.FOLLOWER, 1, leader, "it is fixed"));
      if (leads() && log.lastSlot() == 0) {
        append(
            Entry.control(
                EntryKind.TAKEOVER, 1, 1, 1, now.wallNanos(), log.lastHash(), new byte[0]));
      }
      flush(out);
    }

    @Override
    public void step(Event event, Now now, Effects out) {
      switch (event) {
        case Event.Tick tick -> {
          deadline = now.monotonicNanos() + (flaw == Flaw.SPINS ? 0 : TICK_NANOS);
          if (leads()) {
            resend(out);
          }
        }
        case Event.Received received -> onMessage(received.from(), received.message(), out);
        case Event.Submitted submitted -> onSubmitted(submitted, now, out);
        case Event.ReadRequested read -> {
          if (!leads()) {
            out.rejectRead(read.readId(), Refusal.notLeader(seat.members().getFirst()));
          } else {
            out.answer(read.readId(), commit);
          }
        }
        case Event.Persisted persisted -> {
          durable = Math.max(durable, persisted.token());
          advance(out);
        }
        case Event.Admin admin ->
            out.adminDone(
                admin.requestId(), Refusal.of(RefusalCode.UNSUPPORTED, "it leads for ever"));
        default -> {}
      }
      flush(out);
    }

    private void onSubmitted(Event.Submitted submitted, Now now, Effects out) {
      if (!leads()) {
        out.reject(submitted.proposal(), Refusal.notLeader(seat.members().getFirst()));
        return;
      }
      Entry last = log.get(log.lastSlot());
      Entry entry =
          submitted
              .proposal()
              .seal(
                  log.lastSlot() + 1,
                  1,
                  last.lastIndex() + 1,
                  Math.max(last.timeFloorNanos(), now.wallNanos()),
                  log.lastHash());
      append(entry);
      out.proposed(submitted.proposal(), entry);
      for (NodeId peer : seat.members()) {
        if (!peer.equals(seat.self())) {
          out.send(new Outgoing(peer, new Put(entry, commit)));
        }
      }
    }

    private void append(Entry entry) {
      log.append(entry);
      written.add(entry);
    }

    private void onMessage(NodeId from, ProtocolMessage message, Effects out) {
      switch (message) {
        case Put put -> {
          Entry entry = put.entry();
          if (entry.slot() == log.lastSlot() + 1) {
            append(forged(entry));
          }
          Outgoing ack = new Outgoing(from, new Ack(Math.min(entry.slot(), log.lastSlot())));
          if (flaw == Flaw.ACKNOWLEDGES_BEFORE_DURABLE) {
            out.send(ack);
          } else if (written.isEmpty()) {
            out.send(new Outgoing(from, new Ack(durable)));
          } else {
            releases.add(ack);
          }
          commitTo(Math.min(put.commit(), log.lastSlot()), out);
        }
        case Ack ack -> {
          match.merge(from, ack.slot(), Math::max);
          advance(out);
        }
        default -> commitTo(Math.min(((Commit) message).slot(), log.lastSlot()), out);
      }
    }

    private Entry forged(Entry entry) {
      boolean forger = seat.self().equals(seat.members().getLast());
      return flaw == Flaw.FOLLOWERS_FORGE && forger && entry.slot() == 30
          ? Entry.control(
              EntryKind.TAKEOVER,
              entry.slot(),
              1,
              entry.firstIndex(),
              entry.timeNanos(),
              log.lastHash(),
              new byte[] {1})
          : entry;
    }

    private void advance(Effects out) {
      if (!leads() || flaw == Flaw.NEVER_COMMITS) {
        return;
      }
      List<Long> reached = new ArrayList<>();
      for (NodeId node : seat.members()) {
        reached.add(node.equals(seat.self()) ? durable : match.getOrDefault(node, 0L));
      }
      reached.sort(null);
      long quorum = reached.get((reached.size() - 1) / 2);
      commitTo(flaw == Flaw.COMMITS_ALONE ? log.lastSlot() : quorum, out);
    }

    private void commitTo(long slot, Effects out) {
      if (flaw == Flaw.COMMIT_GOES_BACK && slot > 40 && commit > 20) {
        out.commit(commit - 5);
      }
      if (slot > commit) {
        if (flaw == Flaw.DENIES_WHAT_IT_COMMITS && leads() && slot > 30) {
          out.notCommitted(slot, Refusal.of(RefusalCode.NOT_COMMITTED, "it was a bad day"));
        }
        commit = slot;
        out.commit(slot);
      }
    }

    private void resend(Effects out) {
      for (NodeId peer : seat.members()) {
        if (!peer.equals(seat.self())) {
          long from = match.getOrDefault(peer, 0L) + 1;
          for (long slot = from; slot <= Math.min(log.lastSlot(), from + 20); slot++) {
            out.send(new Outgoing(peer, new Put(log.get(slot), commit)));
          }
          out.send(new Outgoing(peer, new Commit(commit)));
        }
      }
    }

    private void flush(Effects out) {
      if (!written.isEmpty()) {
        token = log.lastSlot();
        out.persist(
            new DurableWrite(token, null, 0, null, List.copyOf(written)), List.copyOf(releases));
        written.clear();
        releases.clear();
      }
    }

    @Override
    public long deadlineNanos() {
      return deadline;
    }

    @Override
    public boolean saturated(boolean full, Now now) {
      return log.lastSlot() - commit > 8;
    }

    @Override
    public LogView log() {
      return log;
    }

    @Override
    public ReplicaStatus status() {
      return new ReplicaStatus(
          seat.self(),
          leads() ? Role.LEADER : Role.FOLLOWER,
          "fixed",
          1,
          leads() ? seat.self() : seat.members().getFirst(),
          "it is fixed",
          log.firstSlot(),
          log.lastSlot(),
          durable,
          commit,
          List.of());
    }
  }
}
