// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rocksdb.InspectionText;
import io.quorate.rocksdb.LogInspector;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Bits that flip in the files of a replica that does not run. */
final class DamagedFiles {
  private DamagedFiles() {}

  /** Flips bits of a few bytes. */
  static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < 8 && at + i >= 0 && at + i < bytes.length; i++) {
      bytes[(int) at + i] ^= 0x5a;
    }
    Files.write(file, bytes);
  }

  /** Files with this ending; there must be some. */
  static List<Path> files(Path directory, String end) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found =
          files.filter(file -> file.toString().endsWith(end) && Files.isRegularFile(file)).toList();
      assertThat(found).isNotEmpty();
      return found;
    }
  }

  /** Makes a block of entries in a table file of the log unreadable; their headers stay known. */
  static void flipEntries(Path data) throws IOException {
    Path largest = null;
    for (Path file : files(data.resolve("log"), ".sst")) {
      largest = largest == null || Files.size(file) > Files.size(largest) ? file : largest;
    }
    assertThat(inspected(data)).startsWith("sound");
    flip(largest, Files.size(largest) / 3);
    assertThat(inspected(data)).startsWith("damaged");
  }

  /** What {@code admin inspect} prints of everything in the log. */
  static String told(Path data) {
    StringWriter text = new StringWriter();
    LogInspector.Verdict unused =
        LogInspector.inspect(data, new InspectionText(new PrintWriter(text, true)));
    return text.toString();
  }

  /** What {@code admin inspect} says of the log. */
  static String inspected(Path data) {
    InspectionText nowhere = new InspectionText(new PrintWriter(Writer.nullWriter()));
    return LogInspector.inspect(data, nowhere).text();
  }
}
