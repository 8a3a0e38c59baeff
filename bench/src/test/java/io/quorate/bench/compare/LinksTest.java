// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cut wire loses nothing and breaks nothing: what was sent arrives when it is mended. */
final class LinksTest {
  private static final int SILENCE_MILLIS = 50;
  private static final int PATIENCE_MILLIS = 10_000;

  private final Links links = new Links();
  private ServerSocket echo;
  private Socket client;

  @BeforeEach
  void connect() throws IOException {
    echo = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::repeatWhatIsSaid);
    int door = links.open(1, 2, echo.getLocalPort());
    client = new Socket(InetAddress.getLoopbackAddress(), door);
    client.setSoTimeout(PATIENCE_MILLIS);
  }

  private void repeatWhatIsSaid() {
    try (Socket caller = echo.accept()) {
      caller.getInputStream().transferTo(caller.getOutputStream());
    } catch (IOException e) {
      // The test is over.
    }
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    links.close();
    echo.close();
  }

  @Test
  void whatIsSentThroughACutArrivesWhenItIsMended() throws IOException {
    client.getOutputStream().write(1);
    assertThat(client.getInputStream().read()).isEqualTo(1);

    links.cut(2);
    client.getOutputStream().write(2);
    client.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);

    links.mend();
    client.setSoTimeout(PATIENCE_MILLIS);
    assertThat(client.getInputStream().read()).isEqualTo(2);
  }

  @Test
  void aCutConcernsOneReplicaOnly() throws IOException {
    links.cut(3);
    client.getOutputStream().write(3);

    assertThat(client.getInputStream().read()).isEqualTo(3);
  }
}
