// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rocksdb.LogKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica whose files were damaged while it did not run, with either kind of log. */
@Timeout(300)
@ParameterizedClass
@EnumSource(LogKind.class)
class DamagedReplicaTest {
  private static Victim victim;

  @Parameter private LogKind kind;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void start(LogKind kind, @TempDir Path folder) throws IOException {
    String log = kind.name().toLowerCase(Locale.ROOT);
    victim = Victim.of(folder, "backend = raft, rocksdb.log = " + log);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (victim != null) {
      victim.close();
    }
  }

  @BeforeEach
  void filesAreWhole() throws IOException {
    victim.restore();
  }

  /**
   * Whatever is damaged: either it is refused, or it can be mended from what is there and from the
   * others; but never does the replica serve anything else than what was written.
   */
  @ParameterizedTest
  @ValueSource(strings = {"log in the middle", "log at its end", "marker"})
  void damagedFiles(String what) throws IOException {
    DamagedFiles.damage(victim.files(), kind, what);

    ReplicaProcess process = victim.group().startOnly(Victim.NODE);
    Await.until(
        () -> !process.isAlive() || process.out().contains("is ready"),
        () -> "it neither starts nor ends" + process.output());

    if (process.isAlive()) {
      victim.assertComesBack();
    } else {
      int code = process.awaitExit();
      Victim.assertRefused(
          new Command(code, process.out(), process.err()), victim.files().toString());
      victim.assertNothingLost();
    }
  }

  /** Damage that hides who it is, or what its log is. */
  @ParameterizedTest
  @ValueSource(strings = {"identity", "files of the log"})
  void filesThatTellNothing(String what) throws IOException {
    DamagedFiles.damage(victim.files(), kind, what);

    Victim.assertRefused(
        Victim.serve(Path.of(victim.group().config()), Victim.NODE), victim.files().toString());
    victim.assertNothingLost();
  }

  /** A bad block under entries whose headers are known: nobody need do anything. */
  @Test
  void damagedEntriesAreMendedFromTheOthers() throws IOException {
    if (kind == LogKind.ROCKSDB) {
      victim.restart(); // moves what the write-ahead log holds into table files
    }
    DamagedFiles.flipEntries(victim.files(), kind);

    victim.assertComesBack();
    assertThat(DamagedFiles.inspected(victim.files())).startsWith("sound");
  }
}
