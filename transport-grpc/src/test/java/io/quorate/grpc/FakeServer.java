// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A gRPC server with one stream whose behaviour a test decides. */
public final class FakeServer implements AutoCloseable {
  private final Server server;
  private final List<ServerCall<?, ?>> calls = new CopyOnWriteArrayList<>();

  /**
   * Starts it.
   *
   * @param onFrame told each frame; nothing more is read unless it asks the call for it
   */
  public <F> FakeServer(MethodDescriptor<F, F> method, BiConsumer<ServerCall<F, F>, F> onFrame) {
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(String.valueOf(method.getServiceName()));
    service.addMethod(
        method,
        (call, headers) -> {
          calls.add(call);
          call.sendHeaders(new Metadata());
          call.request(1);
          return new ServerCall.Listener<F>() {
            @Override
            public void onMessage(F frame) {
              onFrame.accept(call, frame);
            }
          };
        });
    EventLoops loops = EventLoops.shared();
    try {
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  InsecureServerCredentials.create())
              .bossEventLoopGroup(loops.group())
              .workerEventLoopGroup(loops.group())
              .channelType(loops.serverChannelType())
              .directExecutor()
              .addService(service.build())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public Endpoint endpoint() {
    return new Endpoint("127.0.0.1", server.getPort());
  }

  /** Ends all streams as a crash would. */
  public void breakStreams() {
    for (ServerCall<?, ?> call : calls) {
      call.close(Status.UNAVAILABLE.withDescription("broken by the test"), new Metadata());
    }
    calls.clear();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
