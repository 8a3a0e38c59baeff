// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.net;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.MessageCodec.MalformedMessage;
import io.quorate.core.port.MessageCodec.WireMessage;
import io.quorate.core.port.Transport;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.World;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One running replica's end of the network. Every message is encoded when it leaves and decoded
 * where it arrives, by the codec that ships.
 */
public final class SimTransport implements Transport {
  /** Sees what leaves. */
  public interface Watcher {
    /** A message leaves; it may still be lost on the way. */
    void onLeave(NodeId to, ProtocolMessage message);
  }

  private final World world;
  private final SimNetwork network;
  private final NodeId self;
  private final MessageCodec codec;
  private final CrashSwitch crash;
  private final Watcher watcher;
  private @Nullable Listener listener;
  private boolean closed;

  /** The end of one incarnation of a replica. */
  public SimTransport(
      World world,
      SimNetwork network,
      NodeId self,
      MessageCodec codec,
      CrashSwitch crash,
      Watcher watcher) {
    this.world = world;
    this.network = network;
    this.self = self;
    this.codec = codec;
    this.crash = crash;
    this.watcher = watcher;
  }

  @Override
  public void start(Listener listener) {
    this.listener = listener;
  }

  @Override
  public void send(NodeId to, List<ProtocolMessage> messages) {
    if (closed || messages.isEmpty()) {
      return;
    }
    crash.call("send to " + to);
    List<WireMessage> wire = new ArrayList<>(messages.size());
    List<String> names = new ArrayList<>(messages.size());
    List<Object> shown = new ArrayList<>(messages.size());
    for (ProtocolMessage message : messages) {
      watcher.onLeave(to, message);
      wire.add(codec.encode(message));
      names.add(message.name());
      shown.add(message);
    }
    network.send(self, to, new SimNetwork.Frame(wire, names, shown));
  }

  /** Hands an arriving frame to the replica. */
  public void deliver(NodeId from, SimNetwork.Frame frame) {
    Listener to = listener;
    if (closed || to == null) {
      return;
    }
    for (int i = 0; i < frame.messages().size(); i++) {
      ProtocolMessage message;
      try {
        message = codec.decode(frame.messages().get(i));
      } catch (MalformedMessage e) {
        world.fail("the codec refuses its own " + frame.names().get(i) + ": " + e.getMessage());
        return;
      }
      world.tell(TraceKind.DELIVER, self.value(), from.value(), message, i);
      to.onMessage(from, message);
    }
    to.flush();
  }

  @Override
  public void close() {
    closed = true;
  }
}
