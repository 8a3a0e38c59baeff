// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens connections in the one way that suits all of this module. */
public final class Channels {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 5;

  /** The shortest that gRPC allows a client. */
  private static final int KEEP_ALIVE_SECONDS = 10;

  /** Room for what is on the way, so that a fast line is not held up by its round trips. */
  public static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

  private Channels() {}

  /**
   * Prepares a channel of one connection; it connects at the first call.
   *
   * <p>Calls are answered on the event loops. Nothing is retried, compressed, or sent through a
   * proxy.
   *
   * @param address found by {@link HostLookup}
   * @param tls null for plain text
   * @param messageBytesMax largest message accepted
   */
  public static ManagedChannel open(
      InetSocketAddress address, @Nullable TlsFiles tls, int messageBytesMax) {
    EventLoops loops = EventLoops.shared();
    ChannelCredentials credentials =
        tls == null ? InsecureChannelCredentials.create() : tls.channel();
    return NettyChannelBuilder.forAddress(address, credentials)
        .eventLoopGroup(loops.group())
        .channelType(loops.channelType())
        .directExecutor()
        .offloadExecutor(Runnable::run)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .initialFlowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
        .maxInboundMessageSize(messageBytesMax)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(false)
        .disableRetry()
        .disableServiceConfigLookUp()
        .proxyDetector(to -> null)
        .build();
  }
}
