// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.api.NodeId;
import io.quorate.api.Role;
import io.quorate.core.protocol.ReplicaStatus;
import io.quorate.it.process.Await;
import io.quorate.it.process.FreePorts;
import io.quorate.node.QuorateConfig;
import io.quorate.node.QuorateNode;
import io.quorate.node.plugin.StartException;
import io.quorate.s3.endpoint.S3Endpoint;
import io.quorate.samples.kv.KvStateMachine;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node whose bucket takes none of its requests says what would be right. */
@Timeout(300)
final class RefusedBucketsTest {
  @TempDir private Path folder;

  private QuorateConfig config(int port, boolean probe) throws IOException {
    return QuorateConfig.parse(
        """
        quorate {
          group = refused, backend = s3, data-dir = "%s"
          members { n1 = "127.0.0.1:%d" }
          s3 {
            bucket = orders, endpoint = "http://127.0.0.1:%d", credentials = none, probe = %s
            backoff-max = 200 ms
          }
        }
        """
            .formatted(folder, FreePorts.one(), port, probe),
        NodeId.of("n1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | AccessDenied | grant s3:GetObject, s3:PutObject and s3:DeleteObject on the prefix",
        "403 | RequestTimeTooSkewed | its clock and that of this machine differ by more",
        "403 | SignatureDoesNotMatch | check the access key and its secret",
        "404 | NoSuchBucket | there is no such bucket: create it, or correct its name or region",
      })
  void aStoreThatTakesNothingIsNotBegunOn(int status, String code, String sentence)
      throws IOException {
    int port = FreePorts.one();
    try (var server = new RefusingServer(port, status, code)) {
      assertThat(server).isNotNull();
      assertRefused(config(port, true), sentence);
    }
  }

  @Test
  void aWrongBucketIsNamed() throws IOException {
    try (S3Endpoint endpoint =
        S3Endpoint.start(S3Endpoint.Options.DEFAULT.withBucket("invoices"))) {
      assertRefused(config(endpoint.port(), true), "there is no such bucket");
      assertThat(endpoint.objectsNow()).isEmpty();
    }
  }

  @Test
  @Tag("slow") // it tries for a while
  void nobodyAtTheEndpointIsSaid() throws IOException {
    assertRefused(config(FreePorts.one(), true), "could not be probed");
  }

  private static void assertRefused(QuorateConfig config, String sentence) {
    assertThatThrownBy(() -> QuorateNode.start(config, new KvStateMachine()).close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("the bucket orders at ")
        .hasMessageContaining("could not be probed")
        .hasMessageContaining(sentence);
  }

  /** As when permissions change, or the clock of a machine drifts, long after the start. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | AccessDenied | grant s3:GetObject",
        "403 | RequestTimeTooSkewed | set the clock",
        "404 | NoSuchBucket | there is no such bucket",
      })
  void aRunningNodeTellsWhatIsRefusedAndGoesOnOnceItIsMended(
      int status, String code, String sentence) throws IOException {
    int port = FreePorts.one();
    try (QuorateNode node = startRefused(port, status, code, sentence);
        S3Endpoint mended = S3Endpoint.start(S3Endpoint.Options.DEFAULT.withPort(port))) {
      assertThat(mended.port()).isEqualTo(port);
      Await.until(
          () -> protocol(node).role() == Role.LEADER, () -> "it does not lead: " + protocol(node));
      assertThat(protocol(node).roleReason()).doesNotContain(sentence);
    }
  }

  private QuorateNode startRefused(int port, int status, String code, String sentence)
      throws IOException {
    QuorateNode node;
    try (var server = new RefusingServer(port, status, code)) {
      assertThat(server).isNotNull();
      node = QuorateNode.start(config(port, false), new KvStateMachine());
      Await.until(
          () -> protocol(node).roleReason().contains(sentence),
          () -> "it does not say why: " + protocol(node));
      assertThat(protocol(node).role()).isNotIn(Role.LEADER, Role.HALTED);
    }
    return node;
  }

  private static ReplicaStatus protocol(QuorateNode node) {
    return node.status().protocol();
  }
}
