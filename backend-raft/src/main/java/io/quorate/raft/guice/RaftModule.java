// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.raft.guice;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.quorate.core.port.Backend;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.backend.RaftBackend;

/** Binds the backend. */
final class RaftModule extends AbstractModule {
  private final RaftConfig config;

  RaftModule(RaftConfig config) {
    this.config = config;
  }

  @Provides
  @Singleton
  Backend backend() {
    return new RaftBackend(config);
  }
}
