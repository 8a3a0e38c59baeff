// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.bench.compare.CompareOptions.Fault;
import io.quorate.bench.compare.Conditions.Durability;
import io.quorate.bench.compare.Conditions.Layout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be run is refused in one sentence that names what would be right. */
final class CompareOptionsTest {
  private static CompareOptions options(
      List<String> contenders, Fault fault, Conditions conditions) {
    return Asked.of(contenders.toArray(String[]::new)).fault(fault).under(conditions).options();
  }

  private static void assertRefused(
      List<String> contenders, Fault fault, Conditions conditions, String... words) {
    assertThatThrownBy(() -> options(contenders, fault, conditions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void aReplicaCanBePausedInAProcessOfItsOwnOnly() {
    assertRefused(
        List.of("raft"),
        Fault.PAUSE_LEADER,
        Conditions.DEFAULT,
        "pause-leader",
        "--layout process");
    assertThat(
            options(
                    List.of("raft"),
                    Fault.PAUSE_LEADER,
                    new Conditions(Layout.PROCESS, Durability.FSYNC, "local"))
                .fault())
        .isEqualTo(Fault.PAUSE_LEADER);
  }

  @Test
  void noProxyFitsBetweenPeers() {
    assertRefused(
        List.of("raft", "jraft"),
        Fault.PARTITION_LEADER,
        Conditions.DEFAULT,
        "partition-leader",
        "jraft",
        "network namespaces");
  }

  @Test
  void onlyADiskOfOursStalls() {
    assertRefused(
        List.of("raft", "aeron"),
        Fault.STALL_DISK,
        Conditions.DEFAULT,
        "stall-disk cannot be done to aeron",
        "open their files themselves");
    assertRefused(
        List.of("vsr", "s3"),
        Fault.STALL_DISK,
        Conditions.DEFAULT,
        "stall-disk",
        "--backends raft,vsr");
  }

  @Test
  void onlyAnObjectStoreOfOursAnswers503() {
    assertRefused(
        List.of("raft", "s3"), Fault.S3_503, Conditions.DEFAULT, "s3-503", "--backends s3");
  }

  @Test
  void peersReadLinearizablyOnly() {
    assertRefused(
        List.of("ratis"),
        Fault.NONE,
        new Conditions(Layout.LOCAL, Durability.FSYNC, "bounded:10"),
        "--consistency",
        "ratis");
  }

  @Test
  void theStoreDecidesOnItsDurability() {
    assertRefused(
        List.of("s3"),
        Fault.NONE,
        new Conditions(Layout.LOCAL, Durability.OS, "linearizable"),
        "--durability os",
        "s3");
  }

  @Test
  void aFreshnessThatIsNoneIsRefused() {
    assertThatThrownBy(() -> new Conditions(Layout.LOCAL, Durability.FSYNC, "bounded:soon"))
        .hasMessageContainingAll("--consistency", "bounded:100", "bounded:soon");
    assertThat(new Conditions(Layout.LOCAL, Durability.FSYNC, "lease").readsAreLinearizable())
        .isTrue();
    assertThat(new Conditions(Layout.LOCAL, Durability.FSYNC, "local").readsAreLinearizable())
        .isFalse();
  }
}
