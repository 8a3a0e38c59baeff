// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.oracle;

import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import java.util.function.Consumer;

/** A backend whose cores are watched: the runtime under test does not notice. */
public final class ObservedBackend implements Backend {
  private final Backend backend;
  private final CoreObserver observer;
  private final Consumer<ObservedCore> made;

  /**
   * Watches the cores of one incarnation of one replica.
   *
   * @param made told of the core when it is made
   */
  public ObservedBackend(Backend backend, CoreObserver observer, Consumer<ObservedCore> made) {
    this.backend = backend;
    this.observer = observer;
    this.made = made;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public Needs needs() {
    return backend.needs();
  }

  @Override
  public boolean repairs() {
    return backend.repairs();
  }

  @Override
  public ReplicaCore core(Seat seat) {
    ObservedCore core = new ObservedCore(backend.core(seat), observer);
    made.accept(core);
    return core;
  }

  @Override
  public MessageCodec codec() {
    return backend.codec();
  }
}
