// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.fake;

import com.google.inject.Module;
import io.quorate.api.GroupId;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.Endpoint;
import io.quorate.node.config.TlsSettings;
import io.quorate.node.plugin.Network;
import io.quorate.node.plugin.StartException;
import io.quorate.node.plugin.TransportPlugin;
import org.jspecify.annotations.Nullable;

/** A network on which every port is taken. */
public final class FakeTransportPlugin implements TransportPlugin {
  @Override
  public String name() {
    return "nowhere";
  }

  @Override
  public Module configure(ConfigSection section, @Nullable TlsSettings tls) {
    return binder -> binder.bind(Network.class).toInstance(new NoNetwork());
  }

  private static final class NoNetwork implements Network {
    @Override
    public ReplicaEnd open(Place place) {
      throw new StartException("the port " + place.address() + " is in use by another process");
    }

    @Override
    public RemoteReplica connect(@Nullable GroupId group, Endpoint address) {
      throw new UnsupportedOperationException("a fake connects to nobody");
    }
  }
}
