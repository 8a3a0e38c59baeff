// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.s3.folder.FolderStore;
import io.quorate.s3.probe.BadStore.Flaw;
import io.quorate.s3.probe.ProbeReport.Line;
import io.quorate.s3.probe.ProbeReport.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class StoreProbeTest {
  private static final ProbeOptions SHORT =
      new ProbeOptions(
          8, 10, Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(30));

  @TempDir Path temporary;

  private static ProbeReport probe(BadStore store) {
    return StoreProbe.run(store, "probe/", SHORT);
  }

  @Test
  void aStoreThatKeepsItsPromisesIsFit() {
    BadStore store = new BadStore(Flaw.NONE);
    ProbeReport report = probe(store);

    assertThat(report.lines()).extracting(Line::requirement).containsExactly(Requirement.values());
    assertThat(report.lines()).extracting(Line::verdict).containsOnly(Verdict.KEPT);
    assertThat(report.fit()).isTrue();
    assertThat(report.unfit()).isFalse();
    assertThat(report.refusal("orders")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE_IS_CHECK_THEN_ACT, ATOMIC_CREATE, several winners",
    "REPLACE_IS_CHECK_THEN_ACT, ATOMIC_REPLACE, several winners",
    "CREATE_IGNORES_ITS_CONDITION, CREATE_ONLY, a create over an object was answered: stored",
    "REPLACE_IGNORES_ITS_CONDITION, COMPARE_AND_SET, with a wrong ETag was answered: stored",
    "READS_ARE_STALE, READ_AFTER_WRITE, an object",
    "ABSENCE_IS_REMEMBERED, READ_AFTER_WRITE, an object that was written read as absent",
    "DELETIONS_ARE_SEEN_LATE, READ_AFTER_WRITE, a deleted object read as found",
    "READS_ARE_TORN, WHOLE_READS, neither the old nor the new object",
    "ETAGS_ARE_OF_THE_LENGTH, ETAGS, ETag",
    "READS_IGNORE_THEIR_CONDITION, CONDITIONAL_READ, a read with the present ETag was answered",
  })
  void aStoreThatBreaksOneIsRefusedByName(Flaw flaw, Requirement requirement, String seen) {
    ProbeReport report = probe(new BadStore(flaw));

    assertThat(report.fit()).isFalse();
    assertThat(report.unfit()).isTrue();
    Line line =
        report.lines().stream().filter(l -> l.requirement() == requirement).findAny().orElseThrow();
    assertThat(line.verdict()).isEqualTo(Verdict.BROKEN);
    assertThat(line.detail()).contains(seen);
    assertThat(report.refusal("orders in eu-central-1").orElseThrow())
        .startsWith("orders in eu-central-1 would lose acknowledged commands")
        .contains(requirement.sentence())
        .contains(seen)
        .endsWith("Use a store whose conditional writes are atomic");
  }

  /** They answer every single question rightly: only the race tells. */
  @ParameterizedTest
  @EnumSource(names = {"CREATE_IS_CHECK_THEN_ACT", "REPLACE_IS_CHECK_THEN_ACT"})
  void aStoreThatChecksAndThenActsIsFoundByRacingOnly(Flaw flaw) {
    List<Line> broken =
        probe(new BadStore(flaw)).lines().stream()
            .filter(line -> line.verdict() == Verdict.BROKEN)
            .toList();
    assertThat(broken).hasSize(1);
    assertThat(broken.get(0).requirement())
        .isIn(Requirement.ATOMIC_CREATE, Requirement.ATOMIC_REPLACE);
  }

  @ParameterizedTest
  @CsvSource({
    "CONDITIONS_ARE_REFUSED, 501 NotImplemented",
    "EVERYTHING_IS_FORBIDDEN, it forbids s3:GetObject",
    "NOTHING_IS_ANSWERED, nobody answers",
  })
  void aStoreThatCannotBeAskedIsNotFitAndNotAccused(Flaw flaw, String seen) {
    ProbeReport report = probe(new BadStore(flaw));

    assertThat(report.fit()).isFalse();
    assertThat(report.unfit()).isFalse();
    assertThat(report.refusal("orders").orElseThrow())
        .startsWith("orders could not be probed: ")
        .containsOnlyOnce(seen);
  }

  @Test
  void listsAreNotVital() {
    ProbeReport report = probe(new BadStore(Flaw.LISTS_ARE_EMPTY));
    assertThat(report.fit()).isTrue();
    assertThat(report.lines())
        .anySatisfy(line -> {
          assertThat(line.requirement()).isEqualTo(Requirement.LIST);
          assertThat(line.verdict()).isEqualTo(Verdict.BROKEN);
        });
  }

  @Test
  void answersThatAreUnclearNowAndThenAreNoFlaw() {
    BadStore store = new BadStore(Flaw.SOME_ANSWERS_ARE_UNCLEAR);
    ProbeReport report = probe(store);
    assertThat(report.refusal("orders")).isEmpty();
    assertThat(report.leftBehind()).isEmpty();
    assertThat(store.keys()).isEmpty();
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    BadStore store = new BadStore(Flaw.NONE);
    assertThat(probe(store).leftBehind()).isEmpty();
    assertThat(store.keys()).isEmpty();

    BadStore broken = new BadStore(Flaw.CREATE_IS_CHECK_THEN_ACT);
    probe(broken);
    assertThat(broken.keys()).isEmpty();
  }

  @Test
  void whatCouldNotBeDeletedIsNamed() {
    ProbeReport report = probe(new BadStore(Flaw.DELETIONS_ARE_FORBIDDEN));
    assertThat(report.refusal("orders").orElseThrow()).contains("it forbids s3:DeleteObject");
    assertThat(report.leftBehind()).isNotEmpty().allMatch(key -> key.startsWith("probe/"));
  }

  @Test
  void aProbeWhoseTimeIsUpSaysSoAndTidiesUp() {
    BadStore store = new BadStore(Flaw.NONE);
    List<Requirement> begun = new ArrayList<>();
    ProbeOptions noTime =
        new ProbeOptions(8, 10, Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ZERO);
    ProbeReport report = StoreProbe.run(store, "probe/", noTime, begun::add);

    assertThat(begun).containsExactly(Requirement.READ_AFTER_WRITE);
    assertThat(report.unfit()).isFalse();
    assertThat(report.refusal("orders"))
        .contains("orders could not be probed: the time of the probe was up");
    assertThat(store.keys()).isEmpty();
  }

  @Test
  void theFolderStoreIsFit() throws IOException {
    try (FolderStore store = FolderStore.open(temporary)) {
      ProbeReport report = StoreProbe.run(store, "probe/", ProbeOptions.QUICK);
      assertThat(report.refusal("the folder")).isEmpty();
      try (Stream<Path> objects = Files.list(temporary.resolve("objects"))) {
        assertThat(objects).isEmpty();
      }
    }
  }
}
