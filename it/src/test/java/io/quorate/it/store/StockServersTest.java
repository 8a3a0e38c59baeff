// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.s3.aws.AwsObjectStore;
import io.quorate.s3.probe.ProbeOptions;
import io.quorate.s3.probe.ProbeReport;
import io.quorate.s3.probe.Requirement;
import io.quorate.s3.probe.StoreProbe;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers that answer every single request rightly and lose writes when they race: run by {@code
 * mvn verify -Pstock}.
 */
@Tag("stock")
@Timeout(300)
final class StockServersTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"transient", "filesystem"})
  void theProbeRefusesS3Proxy(String provider) throws IOException {
    try (S3Proxy proxy = S3Proxy.start(provider, folder);
        AwsObjectStore store = AwsObjectStore.open(proxy.bucket())) {
      ProbeReport report = StoreProbe.run(store, "probe/", ProbeOptions.THOROUGH);

      assertThat(report.unfit()).as("%s", report).isTrue();
      assertThat(report.refusal("S3Proxy").orElseThrow())
          .contains("would lose acknowledged commands")
          .contains(Requirement.ATOMIC_REPLACE.sentence());
    }
  }
}
