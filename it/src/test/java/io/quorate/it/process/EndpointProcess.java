// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code quorate s3 serve} in a process of its own, always at the same port and folder. */
final class EndpointProcess implements AutoCloseable {
  private final Path folder;
  private final int port;
  private ChildJvm jvm;

  private EndpointProcess(Path folder, int port) {
    this.folder = folder;
    this.port = port;
    this.jvm = launch();
  }

  /** Starts it; it answers on return. Objects and what it prints go below the folder. */
  static EndpointProcess start(Path folder) throws IOException {
    EndpointProcess endpoint = new EndpointProcess(folder, FreePorts.one());
    String unused = endpoint.awaitReady();
    return endpoint;
  }

  private ChildJvm launch() {
    return ChildJvm.start(
        "s3",
        folder,
        List.of("s3", "serve", "--port", "" + port, "--folder", folder.resolve("s3").toString()));
  }

  private String awaitReady() {
    return jvm.awaitLine(line -> line.startsWith("ready: S3 at "));
  }

  /**
   * {@code kill -9}: its clients lose their connections; then it is started on its folder again.
   */
  void killAndStartAgain() {
    jvm.close();
    jvm = launch();
    String unused = awaitReady();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    jvm.close();
  }
}
