// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The threads of all connections of this process: a few, shared by every server and client in it,
 * made at first use and kept, as daemons, until the process ends. Everything in this module runs on
 * them, so nothing here may block.
 */
public final class EventLoops {
  private static final String SHADED = "io.grpc.netty.shaded.io.netty.";

  /**
   * Where gRPC tells, with a stack trace, of every stranger who knocks at a server's port; a field,
   * because java.util.logging forgets the level of a logger that nobody holds.
   */
  private static final Logger STRANGERS =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerTransport.connections");

  private final EventLoopGroup group;
  private final Class<? extends Channel> channelType;
  private final Class<? extends ServerChannel> serverChannelType;

  private EventLoops(int threads) {
    DefaultThreadFactory factory = new DefaultThreadFactory("quorate-grpc", true);
    if (Epoll.isAvailable()) {
      group = new MultiThreadIoEventLoopGroup(threads, factory, EpollIoHandler.newFactory());
      channelType = EpollSocketChannel.class;
      serverChannelType = EpollServerSocketChannel.class;
    } else {
      group = new MultiThreadIoEventLoopGroup(threads, factory, NioIoHandler.newFactory());
      channelType = NioSocketChannel.class;
      serverChannelType = NioServerSocketChannel.class;
    }
  }

  /** The event loops of this process. */
  public static EventLoops shared() {
    return Shared.INSTANCE;
  }

  /** The event loops, for gRPC's builders. */
  public EventLoopGroup group() {
    return group;
  }

  /** Kind of socket that fits the event loops. */
  public Class<? extends Channel> channelType() {
    return channelType;
  }

  /** Kind of server socket that fits the event loops. */
  public Class<? extends ServerChannel> serverChannelType() {
    return serverChannelType;
  }

  /**
   * The event loop that the caller runs on; any of them if it runs on none. What a connection calls
   * back comes from the loop that serves it, so work for the connection is best left to that one.
   */
  public Executor current() {
    for (EventExecutor each : group) {
      if (each.inEventLoop()) {
        return each;
      }
    }
    return group;
  }

  /** Runs a short task on an event loop after a while. */
  public ScheduledFuture<?> schedule(Runnable task, long delayNanos) {
    return group.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  /** Made on first use, after the choice of native code, which Netty reads only once. */
  private static final class Shared {
    static final EventLoops INSTANCE;

    static {
      if (!nativeAccessIsSilent()) {
        // Netty would load libraries of its own, and the JVM would print warnings about that.
        setIfAbsent(SHADED + "transport.noNative");
        setIfAbsent(SHADED + "handler.ssl.noOpenSsl");
      }
      if (STRANGERS.getLevel() == null) {
        STRANGERS.setLevel(Level.WARNING);
      }
      int processors = Runtime.getRuntime().availableProcessors();
      INSTANCE = new EventLoops(Math.clamp(processors / 2, 2, 4));
    }

    private static void setIfAbsent(String property) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, "true");
      }
    }
  }

  /** Whether native libraries may be loaded without a warning of the JVM on the screen. */
  private static boolean nativeAccessIsSilent() {
    if (Runtime.version().feature() < 24) {
      return true;
    }
    try {
      // Exists since 22; this release is compiled for 21.
      Object enabled =
          Module.class.getMethod("isNativeAccessEnabled").invoke(Epoll.class.getModule());
      return Boolean.TRUE.equals(enabled);
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
