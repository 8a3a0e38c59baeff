// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.fault;

import io.quorate.api.NodeId;
import io.quorate.sim.cluster.SimCluster;
import io.quorate.sim.cluster.SimNode;
import io.quorate.sim.disk.SimDisk;
import io.quorate.sim.net.Link;
import io.quorate.sim.objectstore.Hold;
import io.quorate.sim.objectstore.SimBucket;
import io.quorate.sim.objectstore.StoreFaults;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.world.SimRandom;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Does to a cluster what a schedule says, when it says so. */
public final class FaultInjector {
  private final World world;
  private final SimCluster cluster;
  private boolean stopped;
  private long injected;

  /** An injector for one run. */
  public FaultInjector(World world, SimCluster cluster) {
    this.world = world;
    this.cluster = cluster;
  }

  /** Plans all faults of a schedule. */
  public void plan(List<Fault> schedule) {
    for (Fault fault : schedule) {
      world.at(
          fault.atNanos(),
          () -> {
            if (!stopped) {
              apply(fault);
            }
          });
    }
  }

  /** Ends all that goes on, and does nothing any more. */
  public void stop() {
    stopped = true;
    world.tell(TraceKind.FAULT, "world", null, "all faults end", 0);
    cluster.heal();
  }

  /** Faults done so far. */
  public long injected() {
    return injected;
  }

  /** Does it now, whatever time it says. */
  public void apply(Fault fault) {
    injected++;
    world.coverage().hit("fault." + fault.kind().word());
    world.tell(TraceKind.FAULT, "world", null, fault, fault.kind().ordinal());
    switch (fault.kind()) {
      case CRASH, CRASH_WITHIN, RESTART, PAUSE -> life(fault);
      case ISOLATE, PARTITION, CUT, CUT_ONE_WAY, MUTE, DEAFEN, CUT_CLIENT -> cut(fault);
      case FLAP -> flap(fault, world.now() + fault.forNanos());
      case CLOG -> {
        Link link = cluster.network().link(name(fault.place()), name(fault.other()));
        link.clog();
        later(fault, link::unclog);
      }
      case SLOW -> {
        String node = name(fault.place());
        List<Link> links = links(node, true, true);
        links.forEach(link -> link.slow(fault.amount()));
        later(fault, () -> links.forEach(link -> link.slow(-fault.amount())));
      }
      case LOSE -> {
        List<Link> links = allLinks();
        double rate = fault.amount() / 1000.0;
        links.forEach(link -> link.lose(rate));
        later(fault, () -> links.forEach(link -> link.lose(-rate)));
      }
      case DROP_KIND -> dropKind(fault);
      case STALL_DISK, FAIL_SYNC, FAIL_READ, FILL_DISK, ROT, ROT_SNAPSHOT, LOSE_TAIL -> disk(fault);
      case ROT_ENTRY, ROT_HEADER, MISDIRECT -> each(fault.place(), node -> rotEntry(fault, node));
      case STEP_CLOCK -> each(fault.place(), node -> node.clock().step(fault.amount()));
      case HEAL -> cluster.heal();
      case STORE_OUTAGE,
          STORE_CUT,
          STORE_SLOW,
          STORE_THROTTLE,
          STORE_ERROR,
          STORE_LOSE,
          STORE_LATE,
          STORE_CONFLICT,
          STORE_HOLD ->
          store(fault, bucket(fault));
      case WIPE -> {
        bucket(fault); // what a disk alone holds must not be taken away
        each(
            fault.place(),
            node -> {
              node.wipe();
              later(fault, node::start);
            });
      }
    }
  }

  private SimBucket bucket(Fault fault) {
    SimBucket bucket = cluster.bucket();
    if (bucket == null) {
      throw new IllegalArgumentException(
          "\"" + fault + "\" needs a backend whose log is in an object store");
    }
    return bucket;
  }

  private void store(Fault fault, SimBucket bucket) {
    StoreFaults faults = bucket.faults();
    double rate = fault.amount() / 1000.0;
    switch (fault.kind()) {
      case STORE_OUTAGE -> {
        faults.outageBegins();
        later(fault, faults::outageEnds);
      }
      case STORE_CUT -> {
        NodeId node = NodeId.of(name(fault.place()));
        faults.cut(node);
        later(fault, () -> faults.mend(node));
      }
      case STORE_SLOW -> {
        faults.slow(fault.place(), fault.amount());
        later(fault, () -> faults.fast(fault.place(), fault.amount()));
      }
      case STORE_THROTTLE -> {
        faults.throttle(fault.amount());
        later(fault, () -> faults.throttle(0));
      }
      case STORE_ERROR -> {
        faults.err(rate);
        later(fault, () -> faults.err(-rate));
      }
      case STORE_LOSE -> {
        faults.lose(rate);
        later(fault, () -> faults.lose(-rate));
      }
      case STORE_LATE -> {
        faults.delayBeyondTimeout(rate);
        later(fault, () -> faults.delayBeyondTimeout(-rate));
      }
      case STORE_CONFLICT -> {
        faults.conflict(rate);
        later(fault, () -> faults.conflict(-rate));
      }
      default -> {
        String kind = fault.place();
        Hold hold =
            bucket.hold(
                request -> request.mutates() && (kind.equals("any") || kind.equals(request.word())),
                (int) Math.max(1, fault.amount()));
        later(fault, hold::release);
      }
    }
  }

  private void later(Fault fault, World.Action end) {
    if (fault.forNanos() > 0) {
      world.after(
          fault.forNanos(),
          () -> {
            if (!stopped) {
              end.run();
            }
          });
    }
  }

  private void life(Fault fault) {
    each(
        fault.place(),
        node -> {
          switch (fault.kind()) {
            case CRASH -> {
              node.crash();
              later(fault, node::start);
            }
            case CRASH_WITHIN -> node.crashWithin((int) Math.max(1, fault.amount()));
            case PAUSE -> {
              node.pause(fault.amount() == 1);
              later(fault, node::resume);
            }
            default -> node.start();
          }
        });
  }

  private void cut(Fault fault) {
    List<Link> links = new ArrayList<>();
    switch (fault.kind()) {
      case ISOLATE -> links.addAll(links(name(fault.place()), true, true));
      case MUTE -> links.addAll(links(name(fault.place()), true, false));
      case DEAFEN -> links.addAll(links(name(fault.place()), false, true));
      case PARTITION -> links.addAll(between(fault.place()));
      case CUT_ONE_WAY ->
          links.add(cluster.network().link(name(fault.place()), name(fault.other())));
      default -> {
        links.add(cluster.network().link(name(fault.place()), name(fault.other())));
        links.add(cluster.network().link(name(fault.other()), name(fault.place())));
      }
    }
    links.forEach(Link::cut);
    later(fault, () -> links.forEach(Link::mend));
  }

  private void flap(Fault fault, long until) {
    if (stopped || world.now() >= until) {
      return;
    }
    List<Link> links = links(name(fault.place()), true, true);
    links.forEach(Link::cut);
    long period = Math.max(1_000_000, fault.amount());
    world.after(
        period,
        () -> {
          links.forEach(Link::mend);
          world.after(period, () -> flap(fault, until));
        });
  }

  private void dropKind(Fault fault) {
    List<String> seen = cluster.network().kindsSeen();
    if (seen.isEmpty()) {
      return;
    }
    // A number stands for the so-manyth kind that this run has seen: schedules know no protocol.
    String kind =
        fault.place().startsWith("no.")
            ? seen.get(Integer.parseInt(fault.place().substring(3)) % seen.size())
            : fault.place();
    List<Link> links = allLinks();
    links.forEach(link -> link.dropKind(kind));
    later(fault, () -> links.forEach(link -> link.passKind(kind)));
  }

  private void disk(Fault fault) {
    each(
        fault.place(),
        node -> {
          switch (fault.kind()) {
            case STALL_DISK -> node.disk().stallUntil(world.now() + fault.forNanos());
            case FAIL_SYNC -> {
              node.expectHalt();
              node.disk().failNextSync();
            }
            case FAIL_READ -> {
              node.expectHalt();
              node.disk().failNextRead();
            }
            case FILL_DISK -> {
              node.expectHalt();
              node.disk().setFull(true);
              later(fault, () -> node.disk().setFull(false));
            }
            default -> damage(fault, node);
          }
        });
  }

  private void damage(Fault fault, SimNode node) {
    if (!cluster.expend(node.id())) {
      world.coverage().hit("fault.spared a disk");
      return;
    }
    node.expectHalt();
    switch (fault.kind()) {
      case ROT -> {
        SimRandom random = world.random("rot/" + fault.atNanos());
        long slot =
            Math.max(node.disk().base().slot() + 1, node.disk().lastSlot() - fault.amount());
        node.disk().rot(slot, random.below(1 << 20));
      }
      case ROT_SNAPSHOT -> node.disk().rotSnapshot();
      default -> {
        node.crash();
        node.disk().loseTail((int) fault.amount());
        world.after(Math.max(1, fault.forNanos()), node::start);
      }
    }
  }

  /** Damage of which the disk knows what it was: nobody may halt for it. */
  private void rotEntry(Fault fault, SimNode node) {
    SimDisk disk = node.disk();
    long slot = Math.max(disk.base().slot() + 1, disk.lastSlot() - fault.amount());
    if (!cluster.mayDamage(node.id(), slot) || !disk.isWhole(slot)) {
      world.coverage().hit("fault.spared an entry");
      return;
    }
    switch (fault.kind()) {
      case ROT_HEADER -> disk.rotHeader(slot);
      case MISDIRECT -> disk.misdirect(slot, slot == disk.lastSlot() ? slot - 1 : slot + 1);
      default -> {
        SimRandom random = world.random("rot-entry/" + fault.atNanos());
        disk.rotEntry(slot, random.below(1 << 20));
      }
    }
  }

  private void each(String place, Consumer<SimNode> work) {
    for (String part : place.split("\\+")) {
      work.accept(cluster.node(NodeId.of(name(part))));
    }
  }

  /** The name of the place now: {@code leader} and {@code follower} depend on when one asks. */
  private String name(String place) {
    SimNode leader = cluster.leader();
    if (place.equals("leader")) {
      return leader == null ? cluster.members().getFirst().value() : leader.id().value();
    }
    if (place.equals("follower")) {
      for (SimNode node : cluster.nodes()) {
        if (node != leader && node.isUp()) {
          return node.id().value();
        }
      }
      return cluster.members().getLast().value();
    }
    return place;
  }

  private List<Link> links(String node, boolean outgoing, boolean incoming) {
    List<Link> links = new ArrayList<>();
    for (NodeId peer : cluster.members()) {
      if (!peer.value().equals(node)) {
        if (outgoing) {
          links.add(cluster.network().link(node, peer.value()));
        }
        if (incoming) {
          links.add(cluster.network().link(peer.value(), node));
        }
      }
    }
    return links;
  }

  private List<Link> allLinks() {
    List<Link> links = new ArrayList<>();
    cluster.members().forEach(node -> links.addAll(links(node.value(), true, false)));
    return links;
  }

  private List<Link> between(String places) {
    List<String> side = Arrays.stream(places.split("\\+")).map(this::name).toList();
    List<Link> links = new ArrayList<>();
    for (NodeId from : cluster.members()) {
      for (NodeId to : cluster.members()) {
        if (side.contains(from.value()) != side.contains(to.value())) {
          links.add(cluster.network().link(from.value(), to.value()));
        }
      }
    }
    return links;
  }
}
