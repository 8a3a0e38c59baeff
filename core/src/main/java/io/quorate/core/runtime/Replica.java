// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import io.quorate.api.NodeId;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.apply.Applier;
import io.quorate.core.batch.Admission;
import io.quorate.core.batch.Batcher;
import io.quorate.core.log.DurableState;
import io.quorate.core.log.SnapshotRef;
import io.quorate.core.metrics.ConsensusMetrics;
import io.quorate.core.port.Actor;
import io.quorate.core.port.ActorHost;
import io.quorate.core.port.Backend;
import io.quorate.core.port.Clock;
import io.quorate.core.port.LogStore;
import io.quorate.core.port.LogStore.StorageFault;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.port.ReplicaDoor;
import io.quorate.core.port.SnapshotStore;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.core.protocol.Seat;
import io.quorate.core.session.SessionLimits;
import io.quorate.core.snapshot.SnapshotMismatch;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica of one group: a pure core, surrounded by the loops that carry out what it decides.
 * Five actors: the loop, the log writer, the apply loop, and two for replicas that lag and for
 * snapshots; a sixth reads the log in search of damage, if it is asked to. Which threads run them
 * is the {@link ActorHost}'s business.
 */
public final class Replica implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

  /**
   * What a replica is made of. It takes over transport and stores, and closes them.
   *
   * @param objects {@link ObjectStore#NONE} for backends that need none
   * @param stateMachine the user's; only ever called by the apply loop
   */
  public record Parts(
      Seat seat,
      Backend backend,
      StateMachine stateMachine,
      LogStore log,
      SnapshotStore snapshots,
      ObjectStore objects,
      Transport transport,
      Clock clock,
      ActorHost host,
      RuntimeLimits limits,
      SessionLimits sessionLimits,
      ConsensusMetrics metrics,
      Observer observer) {}

  /** What arrives goes to the loop, which works on the thread that brought it. */
  private record Inbound(ReplicaLoop loop) implements Transport.Listener {
    @Override
    public void onMessage(NodeId from, ProtocolMessage message) {
      loop.receive(from, message);
    }

    @Override
    public void flush() {
      loop.wakeHere();
    }
  }

  private final Parts parts;
  private final HaltSwitch halt;
  private final ReplicaLoop loop;
  private final ApplyLoop apply;
  private final Door door;
  private final List<ActorHost.Handle> handles = new CopyOnWriteArrayList<>();

  private Replica(Parts parts) {
    this.parts = parts;
    this.halt = new HaltSwitch(parts.observer());
    RuntimeLimits limits = parts.limits();
    ConsensusMetrics metrics = parts.metrics();
    Seat seat = parts.seat();

    Applier applier = new Applier(seat.group(), parts.stateMachine(), parts.sessionLimits());
    SnapshotRef restored = restoreNewest(applier, parts.snapshots());
    DurableState durable = recover(parts, restored, limits.tailBytesMax());

    Admission admission = new Admission(limits.inFlightBytesMax());
    Batcher batcher = new Batcher(limits.batchBytesMax(), limits.batchCommandsMax());
    PendingReplies pending = new PendingReplies(admission);
    SnapshotLeases leases = new SnapshotLeases();
    SnapshotTaker taker =
        new SnapshotTaker(
            parts.snapshots(), leases, seat.self(), limits.snapshotsKept(), halt, metrics);
    apply =
        new ApplyLoop(
            applier,
            parts.log(),
            parts.snapshots(),
            limits,
            parts.backend().needs(),
            admission,
            batcher,
            halt,
            metrics,
            parts.observer(),
            taker);
    loop =
        new ReplicaLoop(
            parts.backend().core(seat), limits, halt, metrics, batcher, admission, pending);
    List<NodeId> peers = new ArrayList<>(seat.members());
    peers.remove(seat.self());
    DamageDesk desk = new DamageDesk(loop, parts.backend().repairs());
    LogWriter writer =
        new LogWriter(
            parts.log(),
            new PeerSender(parts.transport(), peers, metrics),
            halt,
            metrics,
            loop,
            apply);
    LogReader reader = new LogReader(parts.log(), parts.snapshots(), leases, halt, loop, desk);
    TurnEffects effects =
        new TurnEffects(
            loop,
            writer,
            reader,
            parts.objects(),
            apply,
            new PeerSender(parts.transport(), peers, metrics),
            pending,
            admission,
            batcher,
            limits,
            metrics,
            halt,
            parts.observer());
    loop.connect(
        effects,
        apply,
        new SessionKeeper(apply, batcher, admission),
        new DigestKeeper(apply, batcher, admission),
        new CheckpointKeeper(apply, batcher, admission));
    door =
        new Door(
            seat.group(),
            seat.self(),
            parts.backend().name(),
            limits,
            parts.clock(),
            halt,
            admission,
            batcher,
            loop,
            apply,
            effects,
            parts.log(),
            parts.snapshots(),
            parts.objects(),
            parts.transport(),
            metrics);

    loop.restore(durable, parts.clock().now());
    String name = seat.group() + "-" + seat.self();
    apply.begin(loop, desk, effects::role, host(name + "-apply", apply));
    taker.begin(loop, host(name + "-snapshot", taker));
    effects.begin(host(name + "-log", writer), host(name + "-catch-up", reader));
    loop.begin(host(name + "-loop", loop));
    if (parts.backend().repairs() && !limits.scrubEvery().isZero()) {
      LogScrubber scrubber =
          new LogScrubber(parts.log(), loop, desk, halt, metrics, limits.scrubEvery());
      host(name + "-scrub", scrubber).wake();
    }
    parts.transport().start(new Inbound(loop));
  }

  /**
   * Restores the state, proves the log, and begins to take part in the group.
   *
   * @throws StorageFault the disk holds what it should not; nothing was changed
   */
  public static Replica start(Parts parts) {
    return new Replica(parts);
  }

  /** The door for callers in this process, and what transports serve to remote ones. */
  public ReplicaDoor door() {
    return door;
  }

  /** Why the replica stopped for good; null while it runs. */
  public @Nullable String haltReason() {
    return halt.reason();
  }

  /**
   * Stops at once, as a crash would, but answers everybody: what was proposed here becomes
   * indeterminate. Hand leadership over before, see {@code node}.
   */
  @Override
  public void close() {
    parts.transport().close();
    halt.close();
    for (int i = handles.size() - 1; i >= 0; i--) {
      handles.get(i).close();
    }
    loop.refuseEverything();
    apply.refuseEverything();
    parts.objects().close();
    parts.snapshots().close();
    parts.log().close();
  }

  private ActorHost.Handle host(String name, Actor actor) {
    ActorHost.Handle handle =
        parts
            .host()
            .host(
                name,
                actor,
                failure -> {
                  LOG.debug("{} failed", name, failure);
                  halt.halt(name, failure);
                  for (ActorHost.Handle other : handles) {
                    other.wake(); // so that they answer whoever waits on them
                  }
                });
    handles.add(handle);
    return handle;
  }

  private static DurableState recover(
      Parts parts, @Nullable SnapshotRef restored, long tailBytesMax) {
    DurableState durable = parts.log().recover(restored, tailBytesMax);
    if (!durable.faulty().isEmpty() && !parts.backend().repairs()) {
      throw new StorageFault(
          "the log is damaged at slot "
              + durable.faulty().getFirst().slot()
              + ", and the backend "
              + parts.backend().name()
              + " does not repair it; keep the directory and leave this replica stopped, the group"
              + " goes on while a majority of all its members runs. See 'A replica whose files are"
              + " lost or damaged' in docs/operating.md");
    }
    long reached = restored == null ? 0 : restored.slot();
    if (durable.base().slot() > reached) {
      throw new StorageFault(
          "the log begins after slot "
              + durable.base().slot()
              + ", but the newest snapshot that can be read reaches only slot "
              + reached
              + "; restore the snapshots of this replica from where they went");
    }
    return durable;
  }

  /** Restores the newest snapshot that can be read; an older one serves if the log reaches it. */
  private static @Nullable SnapshotRef restoreNewest(Applier applier, SnapshotStore snapshots) {
    List<SnapshotRef> complete = snapshots.list();
    StorageFault first = null;
    for (int i = complete.size() - 1; i >= 0; i--) {
      SnapshotRef snapshot = complete.get(i);
      try (InputStream in = snapshots.open(snapshot)) {
        applier.restore(snapshot, in);
        return snapshot;
      } catch (SnapshotMismatch e) {
        // Another copy of it would say the same: this is the wrong release, group or state machine.
        throw new StorageFault(snapshot + ": " + e.getMessage(), e);
      } catch (IOException | StorageFault e) {
        LOG.warn("cannot restore {}: {}", snapshot, e.getMessage());
        if (first == null) {
          first = new StorageFault("cannot restore " + snapshot + ": " + e.getMessage(), e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
    return null;
  }
}
