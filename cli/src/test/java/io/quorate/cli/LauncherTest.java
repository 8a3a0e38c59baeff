// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code ./quorate}, in a copy of the source tree that holds nothing else, and mostly
 * with JDKs that only print what they are started with.
 */
final class LauncherTest {
  /** Of a process that does next to nothing. */
  private static final int PATIENCE_SECONDS = 60;

  private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;
  private Path tree;
  private Path home;

  /** First on the path, with a java that links to a JDK. */
  private Path bin;

  private final Map<String, String> environment = new TreeMap<>();

  /** Blanks in a path are legal, too. */
  @BeforeEach
  void aTree() throws IOException {
    folder = folder.toRealPath();
    tree = Files.createDirectories(folder.resolve("source tree"));
    home = Files.createDirectories(folder.resolve("home"));
    bin = Files.createDirectories(folder.resolve("bin"));
    Path root = Path.of(System.getProperty("quorate.root"));
    Files.copy(root.resolve("quorate"), tree.resolve("quorate"));
    Files.createDirectories(tree.resolve("build"));
    Path search = Files.copy(root.resolve("build/jdk.sh"), tree.resolve("build/jdk.sh"));
    // The JDKs of this machine are none of the test's business.
    Files.writeString(
        search, "\nusual_folders() { folders=(\"$HOME\"/.jdks/*); }\n", StandardOpenOption.APPEND);
    Files.createDirectories(distribution().resolve("lib"));
    Files.setLastModifiedTime(Files.createFile(jar()), FileTime.from(BUILT));
    onPath(jdk("jdk 17", "17.0.9"));
    environment.put("HOME", home.toString());
    environment.put("PATH", bin + File.pathSeparator + System.getenv("PATH"));
    environment.put("QUORATE_BUILD", "off");
  }

  private Path distribution() {
    return tree.resolve("cli/target/quorate");
  }

  private Path jar() {
    return distribution().resolve("lib/quorate-cli-0.jar");
  }

  /** A JDK that prints its own folder and then its arguments, a line each. */
  private Path jdk(String name, String version) throws IOException {
    Path jdk = folder.resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    executable(
        jdk.resolve("bin/java"),
        """
        #!/bin/sh
        printf '%%s\\n' '%s' "$@"
        """
            .formatted(name));
    executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(
        jdk.resolve("release"),
        "IMPLEMENTOR=\"somebody\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    return jdk;
  }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void onPath(Path jdk) throws IOException {
    Path java = bin.resolve("java");
    Files.deleteIfExists(java);
    Files.createSymbolicLink(java, bin.relativize(jdk.resolve("bin/java")));
  }

  /** What the script, or whatever it started, printed and returned. */
  private record Run(int code, List<String> out, List<String> err) {
    /** What follows the name of the class that is started. */
    List<String> arguments() {
      return out.subList(out.indexOf("io.quorate.cli.Main") + 1, out.size());
    }
  }

  private Run quorate(String... arguments) throws IOException {
    return run(folder, tree.resolve("quorate").toString(), arguments);
  }

  private Run run(Path directory, String script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(script));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.matches("J.*_(HOME|OPTIONS)|QUORATE.*"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
  }

  @Test
  void withoutAJdkItSaysSoInOneSentence() throws IOException {
    Run run = quorate("--version");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .containsExactly(
            "quorate: needs a JDK 21 or newer and found none: install one (for example Temurin"
                + " 25) and set JAVA_HOME to its folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17.0.9", "1.8.0_402", "20.0.2", "nonsense"})
  void aJavaHomeThatIsTooOldIsPassedOver(String version) throws IOException {
    environment.put("JAVA_HOME", jdk("old", version).toString());
    jdk("home/.jdks/a", "21.0.2");
    jdk("home/.jdks/b", "25-ea");
    jdk("home/.jdks/c", "22.0.1");

    assertThat(quorate("status").out()).first().isEqualTo("home/.jdks/b");
  }

  @Test
  void javaHomeGoesBeforeThePathAndThePathBeforeTheRest() throws IOException {
    jdk("home/.jdks/a", "26");
    onPath(jdk("path", "21"));

    assertThat(quorate().out()).first().isEqualTo("path");
    environment.put("JAVA_HOME", jdk("java home", "23").toString());
    assertThat(quorate().out()).first().isEqualTo("java home");
    // A JRE cannot build.
    Files.delete(folder.resolve("java home/bin/javac"));
    assertThat(quorate().out()).first().isEqualTo("path");
  }

  /** As in some containers and services. */
  @Test
  void withoutAHomeItStillLooks() throws IOException {
    Path search = Path.of(System.getProperty("quorate.root"), "build/jdk.sh");

    Run run =
        run(
            folder,
            "/usr/bin/env",
            "-u",
            "HOME",
            "bash",
            "-c",
            "set -u; . \"$0\"; usual_folders; echo found",
            search.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).containsExactly("found");
  }

  @ParameterizedTest
  @CsvSource({
    "21, false, false, false",
    "23, true, false, false",
    "24, true, true, false",
    "25, true, true, true"
  })
  void flagsFitTheVersion(String version, boolean unsafe, boolean aot, boolean compact)
      throws IOException {
    onPath(jdk("path", version));

    List<String> flags = quorate().out();

    assertThat(flags.contains("--sun-misc-unsafe-memory-access=allow")).isEqualTo(unsafe);
    assertThat(flags.contains("-Xlog:aot*=off")).isEqualTo(aot);
    assertThat(flags.contains("-XX:+UseCompactObjectHeaders")).isEqualTo(compact);
    assertThat(flags).contains("--enable-native-access=ALL-UNNAMED");
  }

  @ParameterizedTest
  @CsvSource({"21, false", "22, true", "25, true"})
  void aReplicaIsStartedToBeSmall(String version, boolean trims) throws IOException {
    onPath(jdk("path", version));
    Path archive = Files.createFile(distribution().resolve("classes-" + version + ".jsa"));

    List<String> flags = quorate("serve", "--config", "some.conf", "--node", "n1").out();

    assertThat(flags.contains("-XX:TrimNativeHeapInterval=10000")).isEqualTo(trims);
    assertThat(flags).noneMatch(flag -> flag.contains(archive.toString()));
    assertThat(quorate("status").out())
        .contains("-XX:SharedArchiveFile=" + archive)
        .noneMatch(flag -> flag.contains("TrimNativeHeap"));
  }

  @Test
  void argumentsArriveWhole() throws IOException {
    onPath(jdk("path", "25"));
    environment.put("QUORATE_OPTS", "-Xmx64m -Dsome=thing");
    String[] arguments = {"kv", "put", "a key", "", "*", "two  blanks", "\"$HOME\" `id` \\", "ä"};

    Run run = quorate(arguments);

    assertThat(run.arguments()).containsExactly(arguments);
    assertThat(run.out()).contains("-Xmx64m", "-Dsome=thing");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void itFindsItsTreeFromEverywhere() throws IOException {
    onPath(jdk("path", "25"));
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/deep"));
    Path absolute = elsewhere.resolve("absolute");
    Files.createSymbolicLink(absolute, tree.resolve("quorate"));
    Path relative = folder.resolve("relative");
    Files.createSymbolicLink(relative, Path.of("elsewhere/deep/absolute"));
    Files.createSymbolicLink(bin.resolve("on-the-path"), Path.of("../relative"));
    environment.put("CDPATH", folder.toString());

    for (Run run :
        List.of(
            run(elsewhere, "../../source tree/quorate"),
            run(elsewhere, absolute.toString()),
            run(elsewhere, "./absolute"),
            run(elsewhere, "../../relative"),
            run(elsewhere, "/usr/bin/env", "on-the-path"),
            run(tree, "./quorate"),
            run(tree, "bash", "quorate"),
            run(folder, "bash", "source tree/quorate"))) {
      assertThat(run.err()).isEmpty();
      assertThat(run.out())
          .contains("-Dquorate.root=" + tree, distribution().resolve("lib") + "/*");
    }
  }

  /** With the JDK of this test and the classes that it tests. */
  @Test
  void theVersionIsToldThroughALinkFromAnotherDirectory() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(each -> Path.of(each).toUri().toString())
                .collect(Collectors.joining(" ")));
    try (OutputStream out = Files.newOutputStream(jar())) {
      new JarOutputStream(out, manifest).close();
    }
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Files.createSymbolicLink(elsewhere.resolve("link"), Path.of("../source tree/quorate"));

    Run run = run(elsewhere, "./link", "--version");

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).hasSize(1);
    assertThat(run.out().get(0)).startsWith("quorate ");
  }

  @Test
  void onlyAPlainComparisonWritesTheArchiveOfClasses() throws IOException {
    onPath(jdk("path", "25"));
    Path archive = distribution().resolve("classes-25.jsa");
    String written = "-XX:ArchiveClassesAtExit=" + archive;
    String read = "-XX:SharedArchiveFile=" + archive;

    assertThat(quorate("compare").out()).contains(written, "-Xlog:cds*=off").doesNotContain(read);
    for (List<String> others :
        List.of(
            List.<String>of(),
            List.of("--version"),
            List.of("status"),
            List.of("compare", "--help"),
            List.of("compare", "--layout", "process"),
            List.of("--json", "compare"))) {
      assertThat(quorate(others.toArray(new String[0])).out())
          .as("%s", others)
          .doesNotContain(written, read);
    }

    Files.createFile(archive);
    for (String each : List.of("compare", "status")) {
      assertThat(quorate(each).out()).as(each).contains(read).doesNotContain(written);
    }
    // Of classes that are no more: what is built since then counts.
    Files.setLastModifiedTime(archive, FileTime.from(BUILT.minusSeconds(1)));
    assertThat(quorate("compare").out()).contains(written).doesNotContain(read);
    assertThat(quorate("status").out()).doesNotContain(written, read);
  }

  @Test
  void whatIsNotBuiltAndMustNotBeIsToldSo() throws IOException {
    onPath(jdk("path", "25"));
    Files.delete(jar());

    Run run = quorate("--version");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .containsExactly(
            "quorate: nothing is built yet and QUORATE_BUILD is off; run 'mvn -Pfast package"
                + " -DskipTests' first");
  }
}
