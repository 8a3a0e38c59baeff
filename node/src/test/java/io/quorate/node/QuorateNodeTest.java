// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.util.Modules;
import io.quorate.api.NodeId;
import io.quorate.api.error.Closed;
import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.port.ObjectStore;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import io.quorate.node.config.ConfigurationException;
import io.quorate.node.config.DurationRange;
import io.quorate.node.fake.FakeBackendPlugin;
import io.quorate.node.fake.FakeStoragePlugin;
import io.quorate.node.plugin.ObjectStorage;
import io.quorate.node.plugin.StartException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuorateNodeTest {
  private static final String LEAST =
      """
      quorate {
        group = orders
        backend = raft
        members { n1 = "127.0.0.1:7101" }
      }
      """;

  private static final class Nothing implements StateMachine {
    @Override
    public byte[] apply(byte[] command, ApplyContext context) {
      return command;
    }

    @Override
    public byte[] query(byte[] query) {
      return query;
    }

    @Override
    public SnapshotSource capture() {
      return out -> {};
    }

    @Override
    public void restore(InputStream in, int version) {}
  }

  private final QuorateConfig config = QuorateConfig.parse(LEAST, NodeId.of("n1"));

  @Test
  void aPortInUseIsSaidAndTheFilesAreClosedAgain() {
    int before = FakeStoragePlugin.open;

    assertThatThrownBy(() -> QuorateNode.start(config, new Nothing()))
        .isInstanceOf(StartException.class)
        .hasMessage("the port 127.0.0.1:7101 is in use by another process");

    assertThat(FakeStoragePlugin.open).isEqualTo(before);
  }

  /** As the backend of the fake, but with a log that is elsewhere. */
  private record Remote(Backend fake) implements Backend {
    @Override
    public Needs needs() {
      return new Needs(true, 0, 0, 10, false);
    }

    @Override
    public String name() {
      return "remote";
    }

    @Override
    public ReplicaCore core(Seat seat) {
      return fake.core(seat);
    }

    @Override
    public MessageCodec codec() {
      return fake.codec();
    }
  }

  private QuorateConfig with(Module... others) {
    List<Module> plugins = new ArrayList<>(config.plugins());
    Module overriding =
        Modules.override(plugins.get(0))
            .with(binder ->
                binder
                    .bind(Backend.class)
                    .toInstance(
                        new Remote(
                            new FakeBackendPlugin.FakeBackend(
                                new FakeBackendPlugin.Settings(
                                    new DurationRange(
                                        Duration.ofMillis(150), Duration.ofMillis(300)),
                                    Duration.ofMillis(50),
                                    true)))));
    plugins.set(0, overriding);
    plugins.addAll(List.of(others));
    return new QuorateConfig(
        config.node(),
        config.groupConfig(),
        config.dataDirectory(),
        config.sessions(),
        config.snapshot(),
        config.disk(),
        config.limits(),
        config.effective(),
        plugins);
  }

  @Test
  void aBackendWithoutTheObjectStoreThatItNeedsIsRefused() {
    int before = FakeStoragePlugin.open;

    assertThatThrownBy(() -> QuorateNode.start(with(), new Nothing()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the backend remote keeps its log in an object store, and its plugin provides none");

    assertThat(FakeStoragePlugin.open).isEqualTo(before);
  }

  @Test
  void theObjectStoreIsOpenedForThisReplicaAndClosedAgainWhenItCannotStart() {
    List<String> calls = new ArrayList<>();
    ObjectStore store =
        new ObjectStore() {
          @Override
          public void submit(ObjectRequest request, long timeoutNanos, Listener listener) {
            calls.add("submit");
          }

          @Override
          public void close() {
            calls.add("close");
          }
        };
    ObjectStorage storage =
        (group, node) -> {
          calls.add("open " + group + " " + node);
          return store;
        };

    assertThatThrownBy(() ->
            QuorateNode.start(
                with(binder -> binder.bind(ObjectStorage.class).toInstance(storage)),
                new Nothing()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is in use by another process");

    assertThat(calls).containsExactly("open orders n1", "close");
  }

  @Test
  void usersOfGuiceSeeTheNodeAndNothingElse() {
    Injector injector = Guice.createInjector(new QuorateModule(config, new Nothing()));

    QuorateNode node = injector.getInstance(QuorateNode.class);

    assertThat(node).isSameAs(injector.getInstance(QuorateNode.class));
    assertThat(injector.getExistingBinding(com.google.inject.Key.get(Backend.class))).isNull();
    assertThatThrownBy(node::log).isInstanceOf(Closed.class);
  }

  @Test
  void aMissingPartIsNamedBeforeAnythingStarts() {
    QuorateConfig without =
        new QuorateConfig(
            config.node(),
            config.groupConfig(),
            config.dataDirectory(),
            config.sessions(),
            config.snapshot(),
            config.disk(),
            config.limits(),
            config.effective(),
            List.of());

    assertThatThrownBy(() -> Guice.createInjector(new QuorateModule(without, new Nothing())))
        .isInstanceOf(CreationException.class)
        .hasMessageContaining("No implementation for Backend was bound");
  }
}
