// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A4, third part, on sources: every package says what it is for and is null-marked. */
final class PackageInfos {
  private PackageInfos() {}

  /** The folders below src/main/java of every module that break the rule, each with its reason. */
  static List<String> faults(Path root) throws IOException {
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve("src/main/java"))
          .filter(Files::isDirectory)
          .flatMap(PackageInfos::packages)
          .flatMap(PackageInfos::fault)
          .map(fault -> root.relativize(Path.of(fault)).toString())
          .sorted()
          .toList();
    }
  }

  private static Stream<Path> packages(Path sources) {
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(Path::getParent)
          .distinct()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> fault(Path folder) {
    Path info = folder.resolve("package-info.java");
    if (!Files.exists(info)) {
      return Stream.of(folder + ": no package-info.java");
    }
    try {
      String text = Files.readString(info);
      if (!text.contains("@NullMarked")) {
        return Stream.of(folder + ": not @NullMarked");
      }
      return text.contains("/**") ? Stream.empty() : Stream.of(folder + ": purpose not documented");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
