// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.runtime;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Stops all parts of one replica for good; the first reason stays. Safe for several threads. */
final class HaltSwitch {
  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
  private final Observer observer;

  HaltSwitch(Observer observer) {
    this.observer = observer;
  }

  /** Null while the replica runs. */
  @Nullable String reason() {
    return reason.get();
  }

  boolean halted() {
    return reason.get() != null;
  }

  void halt(String why) {
    if (reason.compareAndSet(null, why)) {
      observer.onHalt(why);
    }
  }

  /** Stops all parts because the owner wants it; nothing to report. */
  void close() {
    reason.compareAndSet(null, "closed");
  }

  void halt(String part, Throwable failure) {
    String text = failure.getMessage();
    halt(part + ": " + (text == null ? failure.toString() : text));
  }
}
