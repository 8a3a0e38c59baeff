// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Checks, or with {@code apply} repairs, the layout of every Java file: google-java-format, imports
 * sorted and none unused, licence header. Run by Maven from the root of the repository, which then
 * fails if a list of bad files was left behind.
 *
 * <p>A file found good is remembered by size and time stamp, so a run without changes reads
 * nothing.
 */
final class Format {
  private static final Path CACHE = Path.of("target", "formatter", "good-files");
  private static final Path BAD = Path.of("target", "formatter", "bad-files");
  private static final Path HEADER = Path.of("build", "licence-header.txt");

  public static void main(String[] args) throws IOException {
    boolean apply = args.length == 1 && args[0].equals("apply");
    if (!apply && !(args.length == 1 && args[0].equals("check"))) {
      System.err.println("use -Dformat=check or -Dformat=apply");
      System.exit(2);
    }
    String header = Files.readString(HEADER).strip() + "\n\n";
    Map<String, String> known = readCache(header);
    Map<String, String> good = new TreeMap<>();
    List<String> bad = new ArrayList<>();
    List<Path> changed = new ArrayList<>();
    for (Path file : sources()) {
      String name = file.toString();
      if (stamp(file).equals(known.get(name))) {
        good.put(name, stamp(file));
      } else {
        changed.add(file);
      }
    }
    for (Formatted each : changed.parallelStream().map(file -> format(file, header)).toList()) {
      String name = each.file.toString();
      if (each.after == null) {
        continue; // The compiler explains syntax errors better.
      }
      if (!each.after.equals(each.before)) {
        if (!apply) {
          bad.add(name + ":" + firstDifference(each.before, each.after));
          continue;
        }
        Files.writeString(each.file, each.after);
        System.out.println("formatted " + name);
      }
      good.put(name, stamp(each.file));
    }
    writeCache(header, good);
    Files.deleteIfExists(BAD);
    if (!bad.isEmpty()) {
      Files.write(BAD, bad);
      System.err.println("Not formatted (with the first line that differs):");
      bad.forEach(line -> System.err.println("  " + line));
    }
  }

  /** A file before and after; no text after if it cannot be read as Java. */
  private record Formatted(Path file, String before, String after) {}

  private static Formatted format(Path file, String header) {
    try {
      String before = Files.readString(file);
      try {
        return new Formatted(
            file, before, new Formatter().formatSourceAndFixImports(withHeader(before, header)));
      } catch (FormatterException e) {
        return new Formatted(file, before, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> sources() throws IOException {
    List<Path> roots = new ArrayList<>(List.of(Path.of("build")));
    try (Stream<Path> children = Files.list(Path.of(""))) {
      children.map(child -> child.resolve("src")).filter(Files::isDirectory).forEach(roots::add);
    }
    List<Path> files = new ArrayList<>();
    for (Path root : roots) {
      try (Stream<Path> walk = Files.walk(root)) {
        walk.filter(path -> path.toString().endsWith(".java")).forEach(files::add);
      }
    }
    return files.stream().sorted().toList();
  }

  private static String withHeader(String source, String header) {
    if (source.startsWith(header)) {
      return source;
    }
    String body = source;
    while (body.startsWith("// Copyright") || body.startsWith("\n")) {
      body = body.substring(body.indexOf('\n') + 1);
    }
    return header + body;
  }

  private static int firstDifference(String before, String after) {
    List<String> a = before.lines().toList();
    List<String> b = after.lines().toList();
    int line = 0;
    while (line < a.size() && line < b.size() && a.get(line).equals(b.get(line))) {
      line++;
    }
    return line + 1;
  }

  private static String stamp(Path file) throws IOException {
    return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
  }

  /** The first line names the formatter and the header: a change of either forgets everything. */
  private static String rules(String header) {
    return Formatter.class.getProtectionDomain().getCodeSource().getLocation()
        + " "
        + header.strip();
  }

  private static Map<String, String> readCache(String header) throws IOException {
    Map<String, String> known = new HashMap<>();
    if (Files.exists(CACHE)) {
      List<String> lines = Files.readAllLines(CACHE);
      if (!lines.isEmpty() && lines.get(0).equals(rules(header))) {
        for (String line : lines.subList(1, lines.size())) {
          String[] parts = line.split("\t");
          known.put(parts[0], parts[1]);
        }
      }
    }
    return known;
  }

  private static void writeCache(String header, Map<String, String> good) throws IOException {
    List<String> lines = new ArrayList<>(List.of(rules(header)));
    good.forEach((name, stamp) -> lines.add(name + "\t" + stamp));
    Files.createDirectories(CACHE.getParent());
    Files.write(CACHE, lines);
  }
}
