// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.guice;

import com.google.inject.Module;
import io.quorate.grpc.TlsFiles;
import io.quorate.node.config.ConfigSection;
import io.quorate.node.config.DataSize;
import io.quorate.node.config.DurationRange;
import io.quorate.node.config.TlsSettings;
import io.quorate.node.plugin.TransportPlugin;
import org.jspecify.annotations.Nullable;

/**
 * The transport {@code grpc}.
 *
 * <pre>{@code
 * quorate.grpc {
 *   peer-queue = 64 MiB           # what may wait for one slow peer
 *   message = 80 MiB              # largest message accepted; entries and results must fit
 *   reconnect = 20 ms .. 1 s      # waits between attempts to connect
 *   client-certificates = true    # with TLS: turn clients without a certificate away
 * }
 * }</pre>
 */
public final class GrpcTransportPlugin implements TransportPlugin {
  private static final DataSize MIB = new DataSize(1 << 20);

  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public Module configure(ConfigSection section, @Nullable TlsSettings tls) {
    return new GrpcModule(read(section, tls));
  }

  static GrpcSettings read(ConfigSection section, @Nullable TlsSettings tls) {
    DataSize queue =
        section.size("peer-queue", new DataSize(64L << 20), MIB, new DataSize(16L << 30));
    DataSize message =
        section.size(
            "message", new DataSize(80L << 20), new DataSize(4L << 20), new DataSize(1L << 30));
    DurationRange reconnect = section.range("reconnect", "20 ms .. 1 s");
    if (!reconnect.min().isPositive()) {
      section.problem("reconnect", "must begin above 0");
      reconnect = new DurationRange(reconnect.max(), reconnect.max());
    }
    boolean clientCertificates = section.flag("client-certificates", true);
    return new GrpcSettings(
        queue.bytes(),
        Math.toIntExact(message.bytes()),
        reconnect.min(),
        reconnect.max(),
        tls == null
            ? null
            : new TlsFiles(tls.certificate(), tls.key(), tls.authority(), clientCertificates));
  }
}
