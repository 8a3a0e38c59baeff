// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.s3.endpoint.Faults;
import io.quorate.s3.endpoint.S3Endpoint;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The probe as a command; the server runs in this process, as the command would run it. */
@Isolated // sets system properties
class S3CommandsTest {
  @BeforeEach
  void credentials() {
    System.setProperty("aws.accessKeyId", "any");
    System.setProperty("aws.secretAccessKey", "thing");
  }

  @AfterEach
  void noCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  private static CommandRun probe(S3Endpoint endpoint, String... more) {
    String[] args = new String[7 + more.length];
    String[] fixed = {
      "s3", "probe", "--quick", "--endpoint", endpoint.uri().toString(), "--bucket", "orders"
    };
    System.arraycopy(fixed, 0, args, 0, fixed.length);
    System.arraycopy(more, 0, args, fixed.length, more.length);
    return CommandRun.of(args);
  }

  @Test
  void aFitBucketEndsWithZero() throws IOException {
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT)) {
      CommandRun run = probe(endpoint);
      assertThat(run.err())
          .startsWith("probing 1 of 9: a read sees every write that ended before it")
          .hasLineCount(9);
      assertThat(run.out())
          .contains("of many creates at once one wins")
          .contains("orders at " + endpoint.uri() + " is fit: nothing was found against it");
      assertThat(run.code()).isZero();
      assertThat(endpoint.objectsNow()).isEmpty();
    }
  }

  @Test
  void theReportIsJsonForScripts() throws IOException {
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT)) {
      JsonNode report = Json.parse(probe(endpoint, "--json").out());
      assertThat(report.get("fit").booleanValue()).isTrue();
      assertThat(report.get("refusal").isNull()).isTrue();
      assertThat(report.get("requirements")).hasSize(9);
      assertThat(report.get("requirements").get(5).get("requirement").textValue())
          .isEqualTo("atomic_create");
      assertThat(report.get("left_behind")).isEmpty();
    }
  }

  @Test
  void aBucketThatIsNotThereEndsWithOne() throws IOException {
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT.withBucket("other"))) {
      CommandRun run = probe(endpoint);
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.out()).contains("could not be probed").contains("there is no such bucket");
    }
  }

  @Test
  void aServerThatAnswersNothingEndsWithOne() throws IOException {
    try (S3Endpoint endpoint =
        S3Endpoint.start(S3Endpoint.Options.DEFAULT.withFaults(Faults.parse("lost=1")))) {
      CommandRun run = probe(endpoint);
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.out()).contains("orders at " + endpoint.uri() + " could not be probed");
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() throws IOException {
    try (S3Endpoint endpoint = S3Endpoint.start(S3Endpoint.Options.DEFAULT)) {
      CommandRun run = CommandRun.of("s3", "serve", "--port", "" + endpoint.port());
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).startsWith("quorate: port " + endpoint.port() + " is not free");
    }
  }
}
