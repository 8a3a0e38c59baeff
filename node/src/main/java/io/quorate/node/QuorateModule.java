// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.OptionalBinder;
import io.quorate.api.statemachine.StateMachine;
import io.quorate.core.port.Backend;
import io.quorate.core.port.Clock;
import io.quorate.core.runtime.SystemClock;
import io.quorate.node.plugin.Network;
import io.quorate.node.plugin.ObjectStorage;
import io.quorate.node.plugin.StorageEngine;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A replica for users who wire with Guice: exposes {@link QuorateNode}, not yet started, and
 * nothing else. The owner calls {@link QuorateNode#start()} and {@link QuorateNode#close()}.
 *
 * <pre>{@code
 * Injector injector = Guice.createInjector(new QuorateModule(config, new Inventory()));
 * QuorateNode node = injector.getInstance(QuorateNode.class);
 * node.start();
 * }</pre>
 */
public final class QuorateModule extends PrivateModule {
  private final QuorateConfig config;
  private final StateMachine stateMachine;
  private final UnaryOperator<StorageEngine> disk;

  /** A replica of this state machine with this configuration. */
  public QuorateModule(QuorateConfig config, StateMachine stateMachine) {
    this(config, stateMachine, UnaryOperator.identity());
  }

  QuorateModule(
      QuorateConfig config, StateMachine stateMachine, UnaryOperator<StorageEngine> disk) {
    this.config = config;
    this.stateMachine = stateMachine;
    this.disk = disk;
  }

  @Override
  protected void configure() {
    requireBinding(Backend.class);
    requireBinding(StorageEngine.class);
    requireBinding(Network.class);
    OptionalBinder.newOptionalBinder(binder(), ObjectStorage.class);
    config.plugins().forEach(this::install);
    expose(QuorateNode.class);
  }

  @Provides
  @Singleton
  QuorateNode node(
      Backend backend, StorageEngine storage, Optional<ObjectStorage> objects, Network network) {
    Clock clock = new SystemClock();
    return new QuorateNode(
        config, stateMachine, backend, disk.apply(storage), objects.orElse(null), network, clock);
  }
}
