// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.server;

import io.grpc.BindableService;
import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The services of a server that listens already; more may be added at any time. */
final class Services extends HandlerRegistry {
  private final Map<String, ServerMethodDefinition<?, ?>> methods = new ConcurrentHashMap<>();

  /** Offers a service, in place of one of the same name. */
  void add(ServerServiceDefinition service) {
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      methods.put(method.getMethodDescriptor().getFullMethodName(), method);
    }
  }

  void add(BindableService service) {
    add(service.bindService());
  }

  @Override
  public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
      String methodName, @Nullable String authority) {
    return methods.get(methodName);
  }
}
