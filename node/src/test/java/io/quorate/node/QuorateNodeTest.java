// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import io.quorate.api.NodeId;
import io.quorate.api.error.Closed;
import io.quorate.api.statemachine.ApplyContext;
import io.quorate.api.statemachine.SnapshotSource;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.port.Backend;
import io.quorate.node.fake.FakeStoragePlugin;
import io.quorate.node.plugin.StartException;
import java.io.InputStream;
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
            config.limits(),
            config.effective(),
            List.of());

    assertThatThrownBy(() -> Guice.createInjector(new QuorateModule(without, new Nothing())))
        .isInstanceOf(CreationException.class)
        .hasMessageContaining("No implementation for Backend was bound");
  }
}
