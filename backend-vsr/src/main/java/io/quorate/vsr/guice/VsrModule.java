// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.guice;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.quorate.core.port.Backend;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.backend.VsrBackend;

/** Binds the backend. */
final class VsrModule extends AbstractModule {
  private final VsrConfig config;

  VsrModule(VsrConfig config) {
    this.config = config;
  }

  @Provides
  @Singleton
  Backend backend() {
    return new VsrBackend(config);
  }
}
