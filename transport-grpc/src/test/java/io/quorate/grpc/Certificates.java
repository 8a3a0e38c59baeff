// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** Certificates made for a test, each its own authority, for 127.0.0.1 and localhost. */
public final class Certificates {
  private final Path folder;

  /** Makes them in a folder. */
  public Certificates(Path folder) {
    this.folder = folder;
  }

  /** A new certificate and key; trusts the given ones. */
  public TlsFiles make(String name, boolean clientCertificates, String... trusted)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve(name + ".p12");
    if (!Files.exists(store)) {
      generate(name, store);
    }
    StringBuilder trust = new StringBuilder();
    for (String other : trusted) {
      Path certificate = folder.resolve(other + ".crt");
      if (!Files.exists(certificate)) {
        generate(other, folder.resolve(other + ".p12"));
      }
      trust.append(Files.readString(certificate));
    }
    Path authorities = Files.writeString(folder.resolve(name + ".trust"), trust);
    return new TlsFiles(
        folder.resolve(name + ".crt"),
        folder.resolve(name + ".key"),
        authorities,
        clientCertificates);
  }

  private void generate(String name, Path store)
      throws IOException, GeneralSecurityException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-J-XX:TieredStopAtLevel=1",
                    "-J-XX:+UseSerialGC",
                    "-alias",
                    "test",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "SAN=ip:127.0.0.1,dns:localhost",
                    "-ext",
                    "bc:c=ca:true",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    "changeit",
                    "-keystore",
                    store.toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    write(
        folder.resolve(name + ".key"),
        "PRIVATE KEY",
        keys.getKey("test", "changeit".toCharArray()).getEncoded());
    write(folder.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate("test").getEncoded());
  }

  private static void write(Path file, String what, byte[] der) throws IOException {
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    Files.writeString(
        file,
        "-----BEGIN "
            + what
            + "-----\n"
            + lines.encodeToString(der)
            + "\n-----END "
            + what
            + "-----\n");
  }
}
