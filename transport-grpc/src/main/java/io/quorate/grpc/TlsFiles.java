// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * TLS for every connection of a node, from PEM files, read once when a connection is set up.
 *
 * <p>Replicas always show their certificate to each other, and both sides check it against {@code
 * trusted}. Clients check the replica's; they must show one of their own if {@code
 * clientCertificates} says so.
 *
 * @param certificate chain of this node, its own certificate first; its names must include the host
 *     under which the others reach it
 * @param key private key of that certificate, PKCS 8, not encrypted
 * @param trusted certificates of the authorities that sign the group's certificates
 * @param clientCertificates whether clients without a certificate are turned away
 */
public record TlsFiles(Path certificate, Path key, Path trusted, boolean clientCertificates) {

  /**
   * Reads the files once to see that they are of use.
   *
   * @throws IllegalArgumentException one cannot be read; names the setting and the file
   */
  public void verify() {
    ChannelCredentials unused = channel();
  }

  /** What a server needs; reads the files. */
  public ServerCredentials server() {
    readable();
    try {
      return TlsServerCredentials.newBuilder()
          .keyManager(certificate.toFile(), key.toFile())
          .trustManager(trusted.toFile())
          .clientAuth(
              clientCertificates
                  ? TlsServerCredentials.ClientAuth.REQUIRE
                  : TlsServerCredentials.ClientAuth.OPTIONAL)
          .build();
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read the TLS files: " + e.getMessage(), e);
    }
  }

  /** What a connection to a server needs; reads the files. */
  public ChannelCredentials channel() {
    readable();
    try {
      return TlsChannelCredentials.newBuilder()
          .keyManager(certificate.toFile(), key.toFile())
          .trustManager(trusted.toFile())
          .build();
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read the TLS files: " + e.getMessage(), e);
    }
  }

  private void readable() {
    readable("tls.certificate", certificate);
    readable("tls.key", key);
    readable("tls.trusted", trusted);
  }

  private static void readable(String setting, Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException(
          setting + ": cannot read " + file.toAbsolutePath() + "; name a readable PEM file");
    }
  }
}
