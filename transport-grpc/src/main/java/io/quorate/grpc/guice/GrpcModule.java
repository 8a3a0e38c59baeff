// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.guice;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.quorate.node.plugin.Network;

/** Binds the network. */
final class GrpcModule extends AbstractModule {
  private final GrpcSettings settings;

  GrpcModule(GrpcSettings settings) {
    this.settings = settings;
  }

  @Provides
  @Singleton
  Network network() {
    return new GrpcNetwork(settings);
  }
}
