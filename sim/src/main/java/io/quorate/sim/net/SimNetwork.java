// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.net;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.zip.CRC32C;

/** All links between replicas, and between clients and replicas. */
public final class SimNetwork {

  /** Where frames for a replica arrive, whatever became of it meanwhile. */
  public interface Inbound {
    /** Frames arrive, dense in the order of sending unless the link is unordered. */
    void arrive(NodeId from, Frame frame);
  }

  /**
   * Messages that travel together.
   *
   * @param names the protocol's names of the messages
   * @param shown the messages themselves, for traces only
   */
  public record Frame(List<WireMessage> messages, List<String> names, List<Object> shown) {}

  private final World world;
  private final BiFunction<String, String, LinkProfile> profiles;
  private final TreeMap<String, Link> links = new TreeMap<>();
  private final Map<NodeId, Inbound> inbounds = new TreeMap<>();
  private final LinkedHashMap<String, Integer> kindsSeen = new LinkedHashMap<>();
  private long sent;
  private long delivered;
  private long lost;

  /**
   * A network without faults.
   *
   * @param profiles the ordinary behaviour of the link from one place to another
   */
  public SimNetwork(World world, BiFunction<String, String, LinkProfile> profiles) {
    this.world = world;
    this.profiles = profiles;
  }

  /** Says where frames for a replica go. */
  public void attach(NodeId node, Inbound inbound) {
    inbounds.put(node, inbound);
  }

  /** The link from one place to another. */
  public Link link(String from, String to) {
    String name = from + ">" + to;
    Link link = links.get(name);
    if (link == null) {
      link = new Link(world, world.random("net/" + name), profiles.apply(from, to));
      links.put(name, link);
    }
    return link;
  }

  /** Ends all faults on all links, now and for links not used yet. */
  public void heal() {
    links.values().forEach(Link::heal);
  }

  /** Names of messages in the order of their first use. */
  public List<String> kindsSeen() {
    return new ArrayList<>(kindsSeen.keySet());
  }

  /** Messages sent between replicas. */
  public long sent() {
    return sent;
  }

  /** Messages that reached a replica; one that arrives twice counts twice. */
  public long delivered() {
    return delivered;
  }

  /** Messages that the network lost. */
  public long lost() {
    return lost;
  }

  /** Sends a frame from one replica to another. */
  void send(NodeId from, NodeId to, Frame frame) {
    Link link = link(from.value(), to.value());
    int survivors = link.survivors(frame.messages().size());
    List<Integer> through = new ArrayList<>(survivors);
    for (int i = 0; i < frame.messages().size(); i++) {
      String name = frame.names().get(i);
      kindsSeen.merge(name, 1, Integer::sum);
      sent++;
      boolean passes = i < survivors && !link.drops(name);
      TraceKind kind = passes ? TraceKind.SEND : TraceKind.DROP;
      long digest = digest(frame.messages().get(i));
      world.tell(kind, from.value(), to.value(), frame.shown().get(i), digest);
      if (passes) {
        through.add(i);
      } else {
        lost++;
      }
    }
    if (through.isEmpty()) {
      return;
    }
    Frame arriving = through.size() == frame.messages().size() ? frame : part(frame, through);
    long sizeBytes = arriving.messages().stream().mapToLong(WireMessage::sizeBytes).sum();
    link.carry(sizeBytes, () -> arrive(from, to, arriving));
    if (link.duplicates()) {
      world.coverage().hit("net.duplicated");
      link.carryAgain(sizeBytes, () -> arrive(from, to, arriving));
    }
  }

  /**
   * Carries a client's call to a replica, or the answer back. Connections do not repeat: it arrives
   * once or never.
   *
   * @return whether it is on its way
   */
  public boolean carry(String from, String to, long sizeBytes, World.Action arrival) {
    Link link = link(from, to);
    if (link.survivors(1) == 0) {
      return false;
    }
    link.carry(sizeBytes, arrival);
    return true;
  }

  private void arrive(NodeId from, NodeId to, Frame frame) {
    Inbound inbound = inbounds.get(to);
    if (inbound != null) {
      delivered += frame.messages().size();
      inbound.arrive(from, frame);
    }
  }

  private static Frame part(Frame frame, List<Integer> through) {
    List<WireMessage> messages = new ArrayList<>(through.size());
    List<String> names = new ArrayList<>(through.size());
    List<Object> shown = new ArrayList<>(through.size());
    for (int i : through) {
      messages.add(frame.messages().get(i));
      names.add(frame.names().get(i));
      shown.add(frame.shown().get(i));
    }
    return new Frame(messages, names, shown);
  }

  private static long digest(WireMessage message) {
    CRC32C crc = new CRC32C();
    crc.update(message.head());
    for (byte[] attachment : message.attachments()) {
      crc.update(attachment);
    }
    return crc.getValue();
  }
}
