// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.contract;

import io.quorate.api.NodeId;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.Transport;
import io.quorate.sim.net.LinkProfile;
import io.quorate.sim.net.SimNetwork;
import io.quorate.sim.net.SimTransport;
import io.quorate.sim.trace.TraceLog;
import io.quorate.sim.world.CrashSwitch;
import io.quorate.sim.world.World;
import java.util.function.BooleanSupplier;

final class SimTransportTest implements TransportContract {

  @Override
  public TransportNetwork network() {
    World world = new World(1, 10_000_000, new TraceLog(false));
    SimNetwork links = new SimNetwork(world, (from, to) -> LinkProfile.CALM);
    return new TransportNetwork() {
      @Override
      public Transport open(NodeId self, MessageCodec codec) {
        SimTransport transport =
            new SimTransport(world, links, self, codec, new CrashSwitch(), (to, message) -> {});
        links.attach(self, transport::deliver);
        return transport;
      }

      @Override
      public boolean threaded() {
        return false;
      }

      @Override
      public boolean await(BooleanSupplier condition) {
        return world.runUntil(condition, world.now() + 60_000_000_000L);
      }

      @Override
      public void close() {}
    };
  }
}
