// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the documents tell their readers to type exists, and so do the files that they link to. */
class DocumentsTest {
  /**
   * A line of its own in a block of code, up to a remark behind several blanks or {@code #}; or a
   * piece of code in a sentence.
   */
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?m)^(?:\\$ )?\\./quorate +(.+?)(?: {2,}.*| *#.*)?$|`\\./quorate +([^`\\n]+)`");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
  private static final Path ROOT = Path.of(System.getProperty("quorate.root"));

  @Test
  void everyCommandIsUnderstood() throws IOException {
    List<String> problems = new ArrayList<>();
    int commands = 0;
    for (Path document : documents()) {
      Matcher matcher = COMMAND.matcher(Files.readString(document));
      while (matcher.find()) {
        String command = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        if (command.startsWith("…")) {
          continue;
        }
        commands++;
        problem(command.replace("…", "").strip())
            .ifPresent(
                text -> problems.add(name(document) + ": ./quorate " + command + ": " + text));
      }
    }
    assertThat(problems).isEmpty();
    assertThat(commands).as("commands in the documents").isGreaterThan(5);
  }

  private static Optional<String> problem(String command) {
    String[] words = command.split("\\s+(?=(?:[^']*'[^']*')*[^']*$)");
    try {
      CommandLine.ParseResult unused = Main.commandLine().parseArgs(words);
    } catch (CommandLine.ParameterException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    for (String word : words) {
      if (word.startsWith("samples/") && !Files.exists(ROOT.resolve(word))) {
        return Optional.of(word + " does not exist");
      }
    }
    return Optional.empty();
  }

  @Test
  void everyLinkedFileExists() throws IOException {
    List<String> problems = new ArrayList<>();
    int links = 0;
    for (Path document : documents()) {
      Matcher matcher = LINK.matcher(Files.readString(document));
      while (matcher.find()) {
        String target = matcher.group(1);
        if (target.contains("://")) {
          continue;
        }
        links++;
        Path folder = document.getParent();
        if (folder == null || !Files.exists(folder.resolve(target))) {
          problems.add(name(document) + " links to " + target);
        }
      }
    }
    assertThat(problems).isEmpty();
    assertThat(links).as("links in the documents").isGreaterThan(5);
  }

  private static String name(Path document) {
    return ROOT.relativize(document).toString();
  }

  /** Those at the root, and all in docs. */
  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    try (Stream<Path> files = Files.list(ROOT)) {
      files.filter(DocumentsTest::isDocument).forEach(documents::add);
    }
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(DocumentsTest::isDocument).forEach(documents::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return documents;
  }

  private static boolean isDocument(Path path) {
    return path.toString().endsWith(".md")
        && !path.endsWith("0000-template.md")
        && Files.isRegularFile(path);
  }
}
