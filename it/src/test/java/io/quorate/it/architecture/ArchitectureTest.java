// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The architecture rules hold for the product, and each of them catches the fixture breaking it.
 */
final class ArchitectureTest {
  private static final String ROOT = "io.quorate";
  private static final String FIXTURES = "io.quorate.it.architecture.fixture.";

  @Nested
  final class Product {
    private static final JavaClasses CLASSES =
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages(ROOT);

    private final ArchitectureRules rules = new ArchitectureRules(ROOT);

    @Test
    void a1PureCodeUsesOnlyPureCode() {
      rules.pureCodeUsesOnlyPureCode().check(CLASSES);
    }

    @Test
    void a2ReplicatedCodeIsDeterministic() {
      rules.replicatedCodeIsDeterministic().check(CLASSES);
    }

    @Test
    void a3LibrariesStayAtHome() {
      rules.librariesStayAtHome().forEach(rule -> rule.check(CLASSES));
    }

    @Test
    void a4PackagesFormNoCycle() {
      rules.packagesFormNoCycle().check(CLASSES);
    }

    @Test
    void a4InternalTypesAreNotPublic() {
      rules.internalTypesAreNotPublic().check(CLASSES);
    }

    @Test
    void a4EveryPackageIsDescribedAndNullMarked() throws IOException {
      assertThat(PackageInfos.faults(Path.of(System.getProperty("quorate.root", "..")))).isEmpty();
    }

    @Test
    void a5OnlyRuntimeAndAdaptersCreateThreads() {
      rules.onlyRuntimeAndAdaptersCreateThreads().check(CLASSES);
    }
  }

  @Nested
  final class Fixtures {
    @Test
    void a1IsCaught() {
      assertThat(violations("a1", ArchitectureRules::pureCodeUsesOnlyPureCode))
          .anyMatch(line -> line.contains("java.util.concurrent.atomic.AtomicLong"))
          .anyMatch(line -> line.contains("java.nio.file.Path"))
          .anyMatch(line -> line.contains("fixture.a1.core.runtime.Loop"))
          .anyMatch(line -> line.contains("fixture.a1.vsr.protocol.Neighbour"))
          .allMatch(line -> line.contains(".raft.protocol.Offender"));
    }

    @Test
    void a2IsCaught() {
      assertThat(violations("a2", ArchitectureRules::replicatedCodeIsDeterministic))
          .anyMatch(line -> line.contains("System.nanoTime"))
          .anyMatch(line -> line.contains("Instant.now"))
          .anyMatch(line -> line.contains("Clock.systemUTC"))
          .anyMatch(line -> line.contains("Thread.currentThread"))
          .anyMatch(line -> line.contains("java.util.Random.<init>()"))
          .anyMatch(line -> line.contains("Math.random"))
          .anyMatch(line -> line.contains("UUID.randomUUID"))
          .anyMatch(line -> line.contains("Object.hashCode"))
          .anyMatch(line -> line.contains("IdentityHashMap"))
          .anyMatch(line -> line.contains("parallelStream"))
          .anyMatch(line -> line.contains("java.util.Set.of"))
          .anyMatch(line -> line.contains("java.util.Map.copyOf"))
          .anyMatch(line -> line.contains("toUnmodifiableSet"))
          .anyMatch(line -> line.contains("samples.Lottery") && line.contains("currentTimeMillis"))
          .noneMatch(line -> line.contains("Seeded"));
    }

    @Test
    void a3IsCaught() {
      List<String> lines =
          new ArchitectureRules(FIXTURES + "a3")
              .librariesStayAtHome().stream()
                  .flatMap(
                      rule -> rule.evaluate(fixture("a3")).getFailureReport().getDetails().stream())
                  .toList();
      assertThat(lines)
          .anyMatch(line -> line.contains("com.google.inject"))
          .anyMatch(line -> line.contains("jakarta.inject"))
          .anyMatch(line -> line.contains("io.grpc"))
          .anyMatch(line -> line.contains("com.google.protobuf"))
          .anyMatch(line -> line.contains("org.rocksdb"))
          .anyMatch(line -> line.contains("core.batch") && line.contains("org.slf4j"))
          .anyMatch(line -> line.contains("core.log") && line.contains("org.slf4j"))
          .noneMatch(line -> line.contains("AtHome"));
    }

    @Test
    void a4CyclesAreCaught() {
      assertThat(violations("a4", ArchitectureRules::packagesFormNoCycle))
          .anyMatch(line -> line.contains("Cycle detected"));
    }

    @Test
    void a4PublicInternalsAreCaught() {
      assertThat(violations("a4", ArchitectureRules::internalTypesAreNotPublic))
          .singleElement()
          .asString()
          .contains("core.internal.Offender");
    }

    @Test
    void a4PackagesWithoutDescriptionAreCaught(@TempDir Path root) throws IOException {
      write(root, "m/src/main/java/bare/A.java", "package bare;");
      write(
          root, "m/src/main/java/unmarked/package-info.java", "/** For this. */ package unmarked;");
      write(root, "m/src/main/java/mute/package-info.java", "@NullMarked package mute;");
      write(
          root,
          "m/src/main/java/good/package-info.java",
          "/** For this. */ @NullMarked package good;");
      assertThat(PackageInfos.faults(root))
          .containsExactly(
              "m/src/main/java/bare: no package-info.java",
              "m/src/main/java/mute: purpose not documented",
              "m/src/main/java/unmarked: not @NullMarked");
    }

    @Test
    void a5IsCaught() {
      assertThat(violations("a5", ArchitectureRules::onlyRuntimeAndAdaptersCreateThreads))
          .anyMatch(line -> line.contains("Thread.ofVirtual"))
          .anyMatch(line -> line.contains("Thread.<init>"))
          .anyMatch(line -> line.contains("Executors.newSingleThreadExecutor"))
          .anyMatch(line -> line.contains("CompletableFuture.runAsync"))
          .allMatch(line -> line.contains(".core.apply.Offender"));
    }

    private static List<String> violations(
        String name, Function<ArchitectureRules, ArchRule> rule) {
      return rule.apply(new ArchitectureRules(FIXTURES + name))
          .evaluate(fixture(name))
          .getFailureReport()
          .getDetails();
    }

    private static JavaClasses fixture(String name) {
      JavaClasses classes = new ClassFileImporter().importPackages(FIXTURES + name);
      assertThat(classes).isNotEmpty();
      return classes;
    }

    private static void write(Path root, String name, String text) throws IOException {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
  }
}
