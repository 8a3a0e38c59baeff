// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.fake;

import com.google.inject.Module;
import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ProtocolMessage;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.DurationRange;
import io.quorate.node.config.Require;
import io.quorate.node.plugin.BackendPlugin;
import java.time.Duration;

/** A backend named raft with the settings of one, and no protocol. */
public final class FakeBackendPlugin implements BackendPlugin {

  /** Some settings of the kinds that backends have. */
  public record Settings(DurationRange electionTimeout, Duration heartbeat, boolean preVote) {
    /** As a real one would check what goes together. */
    public Settings {
      Require.that(
          heartbeat.multipliedBy(2).compareTo(electionTimeout.min()) <= 0,
          "quorate.raft.heartbeat-interval must be at most half of quorate.raft.election-timeout");
    }
  }

  /** Hands out its settings, and nothing else. */
  public record FakeBackend(Settings settings) implements Backend {
    @Override
    public String name() {
      return "raft";
    }

    @Override
    public ReplicaCore core(Seat seat) {
      throw new UnsupportedOperationException("a fake has no core");
    }

    @Override
    public MessageCodec codec() {
      return new NoCodec();
    }
  }

  private static final class NoCodec implements MessageCodec {
    @Override
    public WireMessage encode(ProtocolMessage message) {
      throw new UnsupportedOperationException("a fake sends nothing");
    }

    @Override
    public ProtocolMessage decode(WireMessage wire) throws MalformedMessage {
      throw new MalformedMessage("a fake receives nothing");
    }
  }

  @Override
  public String name() {
    return "raft";
  }

  @Override
  public Module configure(ConfigSection section) {
    Settings settings =
        new Settings(
            section.range("election-timeout", "150 ms .. 300 ms"),
            section.duration("heartbeat-interval", Duration.ofMillis(50)),
            section.clusterWide().flag("pre-vote", true));
    return binder -> binder.bind(Backend.class).toInstance(new FakeBackend(settings));
  }
}
