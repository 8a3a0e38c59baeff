// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.rocksdb.InspectionText;
import io.quorate.rocksdb.LogInspector;
import io.quorate.rocksdb.LogKind;
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

  /** Damages what the words say, in a folder whose log is of this kind. */
  static void damage(Path data, LogKind kind, String what) throws IOException {
    Path log = data.resolve("log");
    String end = kind == LogKind.ROCKSDB ? ".log" : ".segment";
    switch (what) {
      case "log in the middle" -> {
        for (Path file : files(log, end)) {
          flip(file, used(file) / 2);
        }
      }
      case "log at its end" -> {
        for (Path file : files(log, end)) {
          flip(file, used(file) - 8);
        }
      }
      case "marker", "identity" -> flip(data.resolve(what), Files.size(data.resolve(what)) / 4);
      case "files of the log" -> {
        if (kind == LogKind.ROCKSDB) {
          for (Path file : files(log, "")) {
            if (String.valueOf(file.getFileName()).startsWith("MANIFEST")) {
              flip(file, Files.size(file) / 2);
            }
          }
        } else {
          for (Path file : files(log, end)) {
            Files.delete(file);
          }
        }
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  /** Where the bytes of a file end that are not zero: a segment has its full length at once. */
  private static long used(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  /** Makes entries in the log unreadable; their headers stay known. */
  static void flipEntries(Path data, LogKind kind) throws IOException {
    Path largest = null;
    for (Path file : files(data.resolve("log"), kind == LogKind.ROCKSDB ? ".sst" : ".segment")) {
      largest = largest == null || Files.size(file) > Files.size(largest) ? file : largest;
    }
    assertThat(inspected(data)).startsWith("sound");
    long at = used(largest) / 3;
    flip(largest, at);
    while (inspected(data).startsWith("sound")) { // it was a block, which stands there twice
      flip(largest, at);
      at += 100;
      flip(largest, at);
    }
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
