// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.oracle;

import io.quorate.core.log.DurableState;
import io.quorate.core.log.LogView;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Event;
import io.quorate.core.protocol.Now;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.ReplicaStatus;

/** A core, with somebody looking over its shoulder: it decides, the observer only sees. */
public final class ObservedCore implements ReplicaCore {
  private final ReplicaCore core;
  private final CoreObserver observer;

  ObservedCore(ReplicaCore core, CoreObserver observer) {
    this.core = core;
    this.observer = observer;
  }

  @Override
  public void restore(DurableState state, Now now, Effects out) {
    observer.restoring(state);
    core.restore(state, now, new ObservedEffects(out, observer));
    observer.stepped(core);
  }

  @Override
  public void step(Event event, Now now, Effects out) {
    observer.stepping(event);
    core.step(event, now, new ObservedEffects(out, observer));
    observer.stepped(core);
  }

  @Override
  public long deadlineNanos() {
    return core.deadlineNanos();
  }

  @Override
  public boolean saturated(boolean full, Now now) {
    return core.saturated(full, now);
  }

  @Override
  public LogView log() {
    return core.log();
  }

  @Override
  public ReplicaStatus status() {
    return core.status();
  }
}
