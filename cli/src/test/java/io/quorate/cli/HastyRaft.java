// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import io.quorate.core.log.DurableWrite;
import io.quorate.core.port.Backend;
import io.quorate.core.port.MessageCodec;
import io.quorate.core.protocol.Effects;
import io.quorate.core.protocol.Outgoing;
import io.quorate.core.protocol.ReplicaCore;
import io.quorate.core.protocol.Seat;
import io.quorate.raft.RaftConfig;
import io.quorate.raft.backend.RaftBackend;
import io.quorate.sim.cluster.SimBackend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Raft whose messages do not wait for the write that they promise: wrong on purpose. */
final class HastyRaft implements Backend {
  private final Backend raft = new RaftBackend(RaftConfig.defaults());

  static SimBackend simulated() {
    return SimBackend.of("hasty", random -> new HastyRaft());
  }

  @Override
  public String name() {
    return "hasty";
  }

  @Override
  public ReplicaCore core(Seat seat) {
    ReplicaCore sound = raft.core(seat);
    return proxy(
        ReplicaCore.class,
        (self, method, arguments) -> {
          Object[] given = arguments == null ? new Object[0] : arguments.clone();
          for (int i = 0; i < given.length; i++) {
            if (given[i] instanceof Effects out) {
              given[i] = hasty(out);
            }
          }
          return call(sound, method, given);
        });
  }

  @Override
  public MessageCodec codec() {
    return raft.codec();
  }

  private static Effects hasty(Effects out) {
    return proxy(
        Effects.class,
        (self, method, arguments) -> {
          if (method.getName().equals("persist") && arguments[1] instanceof List<?> releases) {
            releases.forEach(message -> out.send((Outgoing) message));
            out.persist((DurableWrite) arguments[0], List.of());
            return null;
          }
          return call(out, method, arguments);
        });
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
