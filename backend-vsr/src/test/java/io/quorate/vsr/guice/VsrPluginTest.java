// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.guice;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import io.quorate.core.port.Backend;
import io.quorate.node.config.ConfigDocument;
import io.quorate.node.plugin.BackendPlugin;
import io.quorate.vsr.VsrConfig;
import io.quorate.vsr.VsrConfig.Pipeline;
import io.quorate.vsr.VsrConfig.Safeguards;
import io.quorate.vsr.VsrConfig.Snapshots;
import io.quorate.vsr.VsrConfig.Timing;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class VsrPluginTest {
  private static ConfigDocument document(String text) {
    return ConfigDocument.parse("quorate.vsr {" + text + "}");
  }

  private static VsrConfig read(ConfigDocument document) {
    return VsrPlugin.read(document.section("quorate").section("vsr"));
  }

  @Test
  void emptySectionMeansTheDefaults() {
    ConfigDocument document = document("");
    assertThat(read(document)).isEqualTo(VsrConfig.defaults());
    assertThat(document.problems()).isEmpty();
  }

  @Test
  void everyKeyIsRead() {
    ConfigDocument document =
        document(
            """
            view-change-timeout = 600 ms, heartbeat-interval = 40 ms, disk-stall-timeout = 3 s
            replication-quorum = 2, view-change-quorum = 4
            lease-reads = true, clock-drift-max-permille = 20, clock-tolerance = 250 ms
            prepare-size-max = 2 MiB, ahead-bytes-max = 3 MiB
            batches-in-flight-max = 7, uncommitted-bytes-max = 4 MiB, log-window = 8 MiB
            snapshot-chunk = 256 KiB, retain-slots = 9
            """);
    assertThat(read(document))
        .isEqualTo(
            new VsrConfig(
                new Timing(Duration.ofMillis(600), Duration.ofMillis(40), Duration.ofSeconds(3)),
                new Safeguards(true, 0.02, Duration.ofMillis(250), 2, 4),
                new Pipeline(2 << 20, 3 << 20, 7, 4 << 20, 8 << 20),
                new Snapshots(256 << 10, 9)));
    assertThat(document.problems()).isEmpty();
    document.refuseUnknownKeys("quorate");
    assertThat(document.problems()).isEmpty();
  }

  private static String agreement(String text) {
    ConfigDocument document = document(text);
    read(document);
    assertThat(document.problems()).isEmpty();
    return document.agreement();
  }

  @Test
  void timeoutsMustAgreeOnlyWhereLeasesRestOnThem() {
    assertThat(agreement("view-change-timeout = 600 ms")).isEqualTo(agreement(""));
    String leases = agreement("lease-reads = true");
    assertThat(leases).isNotEqualTo(agreement(""));
    assertThat(agreement("lease-reads = true, view-change-timeout = 600 ms")).isNotEqualTo(leases);
    assertThat(agreement("lease-reads = true, clock-drift-max-permille = 20")).isNotEqualTo(leases);
  }

  @Test // two replicas that count differently could decide differently
  void quorumsMustAgree() {
    assertThat(agreement("replication-quorum = 2")).isNotEqualTo(agreement(""));
    assertThat(agreement("view-change-quorum = 4")).isNotEqualTo(agreement(""));
  }

  @Test
  void bindsTheBackend() {
    Backend backend =
        Guice.createInjector(
                new VsrPlugin().configure(document("").section("quorate").section("vsr")))
            .getInstance(Backend.class);
    assertThat(backend.name()).isEqualTo("vsr");
  }

  @Test
  void isFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(BackendPlugin.class).stream())
        .anySatisfy(p -> assertThat(p.get().name()).isEqualTo("vsr"));
  }
}
