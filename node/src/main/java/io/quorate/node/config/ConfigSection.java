// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One section of a configuration, read key by key. A missing key gives the default. A wrong value
 * is noted in the document, with the key and the place in the file, and gives the default too, so
 * that one reading finds all errors. Not safe for several threads.
 *
 * <pre>{@code
 * DurationRange timeout = section.range("election-timeout", "150 ms .. 300 ms");
 * int appends = section.number("appends-in-flight", 64, 1, 1024);
 * boolean preVote = section.clusterWide().flag("pre-vote", true);
 * }</pre>
 */
public final class ConfigSection {
  private final ConfigDocument document;
  private final String path;
  private final boolean clusterWide;

  ConfigSection(ConfigDocument document, String path, boolean clusterWide) {
    this.document = document;
    this.path = path;
    this.clusterWide = clusterWide;
  }

  /** Full name of a key of this section, as error messages have it. */
  public String name(String key) {
    return path + "." + key;
  }

  /** The same section; what is read through it must be equal on all members of the group. */
  public ConfigSection clusterWide() {
    return new ConfigSection(document, path, true);
  }

  /** A section within this one. */
  public ConfigSection section(String key) {
    ConfigValue value = document.find(name(key));
    if (value != null && !(value instanceof ConfigObject)) {
      problem(key, "must be a section in braces");
      document.skip(name(key));
    }
    return new ConfigSection(document, name(key), clusterWide);
  }

  /** Whether the file says anything at this key. */
  public boolean has(String key) {
    return document.find(name(key)) != null;
  }

  /** Notes what is wrong with a key; {@code what} continues its name: {@code "must be odd"}. */
  public void problem(String key, String what) {
    ConfigValue value = document.find(name(key));
    document.problem(
        name(key) + (value == null ? "" : ConfigDocument.place(value.origin())) + " " + what);
  }

  /** A text. */
  public String text(String key, String otherwise) {
    return read(key, otherwise, text -> text, text -> text);
  }

  /** A text that must be there; empty after the problem was noted. */
  public String text(String key) {
    if (!has(key)) {
      problem(key, "is missing");
      document.read(name(key), "", clusterWide);
      return "";
    }
    return text(key, "");
  }

  /** A text that need not be there. */
  public Optional<String> optionalText(String key) {
    document.read(name(key), "", clusterWide);
    return has(key) ? Optional.of(text(key, "")) : Optional.empty();
  }

  /** A duration with its unit. */
  public Duration duration(String key, Duration otherwise) {
    return read(key, otherwise, Quantities::duration, Quantities::format);
  }

  /** A duration with its unit, within bounds, both included. */
  public Duration duration(String key, Duration otherwise, Duration min, Duration max) {
    return read(
        key,
        otherwise,
        text -> within(Quantities.duration(text), min, max, Quantities::format),
        Quantities::format);
  }

  /** A range of durations, such as {@code 150 ms .. 300 ms}. */
  public DurationRange range(String key, String otherwise) {
    return read(key, Quantities.range(otherwise), Quantities::range, DurationRange::toString);
  }

  /** A size with its unit. */
  public DataSize size(String key, DataSize otherwise) {
    return read(key, otherwise, Quantities::size, DataSize::toString);
  }

  /** A size with its unit, within bounds, both included. */
  public DataSize size(String key, DataSize otherwise, DataSize min, DataSize max) {
    return read(
        key,
        otherwise,
        text -> within(Quantities.size(text), min, max, DataSize::toString),
        DataSize::toString);
  }

  /** A whole number within bounds, both included. */
  public int number(String key, int otherwise, int min, int max) {
    return read(key, otherwise, text -> number(text, min, max), String::valueOf);
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String key, boolean otherwise) {
    return read(key, otherwise, ConfigSection::flag, String::valueOf);
  }

  /** One of the constants of an enum, written in lower case with dashes. */
  public <E extends Enum<E>> E choice(String key, E otherwise) {
    List<String> names = new ArrayList<>();
    for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
      names.add(dashed(constant));
    }
    Function<String, E> parser =
        text -> {
          int found = names.indexOf(text);
          if (found < 0) {
            throw new IllegalArgumentException(
                "must be one of " + String.join(", ", names) + ", was \"" + text + "\"");
          }
          return otherwise.getDeclaringClass().getEnumConstants()[found];
        };
    return read(key, otherwise, parser, ConfigSection::dashed);
  }

  /** A file that must be named and readable; an empty path after the problem was noted. */
  public Path file(String key) {
    String text = text(key);
    Path file = Path.of(text);
    if (!text.isEmpty() && !Files.isReadable(file)) {
      problem(key, "names the file " + file + ", which does not exist or cannot be read");
    }
    return file;
  }

  /** All keys of this section with their texts: for sections whose keys users make up. */
  public SortedMap<String, String> texts() {
    SortedMap<String, String> texts = new TreeMap<>();
    if (document.find(path) instanceof ConfigObject object) {
      for (String key : object.keySet()) {
        texts.put(key, text(ConfigUtil.joinPath(key), ""));
      }
    }
    return texts;
  }

  private <T> T read(
      String key, T otherwise, Function<String, T> parser, Function<T, String> printer) {
    T result = otherwise;
    String text = raw(key);
    if (text != null) {
      try {
        result = parser.apply(text);
      } catch (IllegalArgumentException e) {
        problem(key, String.valueOf(e.getMessage()));
      }
    }
    document.read(name(key), printer.apply(result), clusterWide);
    return result;
  }

  private @Nullable String raw(String key) {
    ConfigValue value = document.find(name(key));
    if (value == null) {
      return null;
    }
    if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
      problem(key, "must be a single value");
      document.skip(name(key));
      return null;
    }
    return String.valueOf(value.unwrapped());
  }

  private static <T extends Comparable<T>> T within(
      T value, T min, T max, Function<T, String> printer) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "must be between "
              + printer.apply(min)
              + " and "
              + printer.apply(max)
              + ", was "
              + printer.apply(value));
    }
    return value;
  }

  private static int number(String text, int min, int max) {
    String expected = "must be a whole number between " + min + " and " + max;
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(expected + ", was \"" + text + "\"", e);
    }
    throw new IllegalArgumentException(expected + ", was " + text);
  }

  private static boolean flag(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default -> throw new IllegalArgumentException("must be true or false, was \"" + text + "\"");
    };
  }

  private static String dashed(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
