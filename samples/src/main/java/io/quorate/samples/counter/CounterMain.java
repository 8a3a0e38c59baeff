// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.samples.counter;

import io.quorate.api.NodeId;
import io.quorate.api.ReadConsistency;
import io.quorate.api.Receipt;
import io.quorate.api.Session;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Runs one replica of the {@link Counter}, raises it three times and reads it. Start it again: it
 * goes on where it was.
 */
public final class CounterMain {
  private CounterMain() {}

  /** Takes the configuration file and the node: {@code samples/conf/raft-1.conf n1}. */
  public static void main(String[] arguments) {
    run(Path.of(arguments[0]), NodeId.of(arguments[1]), System.out);
  }

  static void run(Path file, NodeId self, PrintStream out) {
    QuorateConfig config = QuorateConfig.load(file, self);
    try (QuorateNode node = QuorateNode.start(config, new Counter());
        Session session = node.log().openSession().join()) {
      for (int i = 0; i < 3; i++) {
        Receipt receipt = session.submit(new byte[0]).join();
        out.println("command " + receipt.index() + " made it " + number(receipt.result()));
      }
      byte[] answer = node.log().read(new byte[0], ReadConsistency.LINEARIZABLE).join();
      out.println("it is " + number(answer));
    }
  }

  private static long number(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }
}
