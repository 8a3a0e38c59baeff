// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Receipt;
import io.quorate.api.Session;
import io.quorate.api.SessionOptions;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.samples.counter.Counter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a replica takes to come back with a log of 1 GiB behind its last snapshot, four times
 * what {@code snapshot.every-log-bytes} lets gather: every entry is read, its checksums and its
 * hashes are verified, and then it is applied again.
 */
@Tag("slow")
class StartTimeTest {
  private static final long LOG_BYTES = 1L << 30;
  private static final int COMMAND_BYTES = 1024;
  private static final int OUTSTANDING = 1000;
  private static final Duration START_MAX = Duration.ofSeconds(5);

  @TempDir private Path folder;

  @Test
  void aReplicaWithALongLogIsBackSoon() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("quorate.conf"),
            """
            quorate {
              group = long, backend = raft, data-dir = "%s"
              members { n1 = "127.0.0.1:%d" }
              snapshot.every-log-bytes = 64 GiB
            }
            """
                .formatted(folder.resolve("data"), FreePorts.one()));
    QuorateConfig config = QuorateConfig.load(file, NodeId.of("n1"));
    long commands = LOG_BYTES / COMMAND_BYTES;
    try (QuorateNode node = QuorateNode.start(config, new Counter())) {
      fill(node, commands);
      assertThat(node.status().logBytes()).isGreaterThan(LOG_BYTES);
    }

    long began = System.nanoTime();
    try (QuorateNode node = QuorateNode.start(config, new Counter())) {
      final Duration started = Duration.ofNanos(System.nanoTime() - began);
      Await.until(() -> node.status().protocol().leader() != null, () -> "nobody leads");
      final Duration led = Duration.ofNanos(System.nanoTime() - began);
      byte[] count = node.log().read(new byte[0], ReadConsistency.LINEARIZABLE).join();
      final Duration served = Duration.ofNanos(System.nanoTime() - began);
      System.out.printf(
          "start with %d MiB of log: takes part after %d ms, leads after %d ms,"
              + " has applied %d commands after %d ms%n",
          node.status().logBytes() >> 20,
          started.toMillis(),
          led.toMillis(),
          commands,
          served.toMillis());
      assertThat(ByteBuffer.wrap(count).getLong()).isEqualTo(commands);
      assertThat(started).isLessThan(START_MAX);
    }
  }

  private static void fill(QuorateNode node, long commands) {
    byte[] command = new byte[COMMAND_BYTES];
    new Random(1).nextBytes(command); // so that nothing on the way can compress it
    var unordered = new SessionOptions(SessionOptions.Order.NONE, SessionOptions.GROUP_EXPIRY);
    Session session = node.log().openSession(unordered).join();
    ArrayDeque<CompletableFuture<Receipt>> open = new ArrayDeque<>();
    for (long i = 0; i < commands; i++) {
      if (open.size() == OUTSTANDING) {
        open.remove().join();
      }
      open.add(session.submit(command));
    }
    open.forEach(CompletableFuture::join);
    session.close();
  }
}
