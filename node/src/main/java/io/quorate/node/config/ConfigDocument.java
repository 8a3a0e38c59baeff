// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One configuration while it is being read: gathers what was asked for, with which value, and
 * everything that is wrong. Not safe for several threads.
 */
public final class ConfigDocument {
  /** What a key was found to be. */
  private record Read(String value, boolean clusterWide) {}

  private final Config config;
  private final List<String> problems = new ArrayList<>();
  private final SortedMap<String, Read> reads = new TreeMap<>();
  private final SortedMap<String, String> agreed = new TreeMap<>();
  private final SortedSet<String> skipped = new TreeSet<>();

  /** A document over resolved values. */
  public ConfigDocument(Config config) {
    this.config = config;
  }

  /**
   * Reads HOCON text, for the tests of plugins.
   *
   * @throws ConfigurationException the text is not HOCON
   */
  public static ConfigDocument parse(String hocon) {
    try {
      return new ConfigDocument(ConfigFactory.parseString(hocon).resolve());
    } catch (ConfigException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()));
    }
  }

  /** The section with this full path, such as {@code quorate.raft}; empty if it is not there. */
  public ConfigSection section(String path) {
    return new ConfigSection(this, path, false);
  }

  /** Adds a problem: one sentence that names the key. */
  public void problem(String sentence) {
    problems.add(sentence);
  }

  /** All problems so far, each in one sentence. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Adds something to {@link #agreement()} that is not a key of its own. */
  public void agree(String what, String value) {
    agreed.put(what, value);
  }

  /** Leaves a section unread on purpose: its keys are not unknown. */
  public void skip(String path) {
    skipped.add(path);
  }

  /**
   * Notes every key below {@code path} that nobody asked for, with the nearest key that somebody
   * did ask for. Call it after everything was read.
   */
  public void refuseUnknownKeys(String path) {
    if (!config.hasPath(path) || !(config.getValue(path) instanceof ConfigObject)) {
      return;
    }
    for (Map.Entry<String, ConfigValue> entry : config.getConfig(path).entrySet()) {
      ConfigOrigin origin = entry.getValue().origin();
      String key = path + "." + entry.getKey();
      if (isOurs(origin) && !reads.containsKey(key) && !isSkipped(key)) {
        String nearest = nearest(key, reads.keySet());
        problem(
            key
                + place(origin)
                + " is not a known key"
                + (nearest == null ? "" : "; did you mean " + nearest + "?"));
      }
    }
  }

  /** Every key that was read below {@code path}, with its value in force, as HOCON. */
  public String effective(String path) {
    StringBuilder out = new StringBuilder(path).append(" {\n");
    reads.forEach((key, read) -> {
      if (key.startsWith(path + ".") && !read.value().isEmpty()) {
        out.append("  ").append(key.substring(path.length() + 1)).append(" = ");
        out.append(quoted(read.value())).append('\n');
      }
    });
    return out.append("}\n").toString();
  }

  /** Hash over the settings that all members must share: equal values, equal hash. */
  public String agreement() {
    SortedMap<String, String> all = new TreeMap<>(agreed);
    reads.forEach((key, read) -> {
      if (read.clusterWide()) {
        all.put(key, read.value());
      }
    });
    StringBuilder text = new StringBuilder();
    all.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] hash = sha256.digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The value at a path; null if there is none. */
  @Nullable ConfigValue find(String path) {
    return config.hasPath(path) ? config.getValue(path) : null;
  }

  void read(String path, String value, boolean clusterWide) {
    reads.put(path, new Read(value, clusterWide));
  }

  /** Where a value stands, for people: {@code " (line 3 of quorate.conf)"}, or nothing. */
  static String place(ConfigOrigin origin) {
    String file = origin.filename();
    if (file == null) {
      return origin.lineNumber() > 0 ? " (line " + origin.lineNumber() + ")" : "";
    }
    String name = file.substring(file.lastIndexOf('/') + 1);
    return " (line " + origin.lineNumber() + " of " + name + ")";
  }

  /** System properties and the environment belong to the whole process, not only to us. */
  private static boolean isOurs(ConfigOrigin origin) {
    return !origin.description().contains("system properties")
        && !origin.description().contains("env var");
  }

  private boolean isSkipped(String key) {
    for (String path : skipped) {
      if (key.equals(path) || key.startsWith(path + ".")) {
        return true;
      }
    }
    return false;
  }

  private static String quoted(String value) {
    boolean plain = value.matches("[A-Za-z0-9._ -]+") && !value.contains("//");
    return plain ? value : ConfigUtil.quoteString(value);
  }

  /** The candidate with the fewest edits, if it is near enough to be what was meant. */
  static @Nullable String nearest(String key, Iterable<String> candidates) {
    String best = null;
    int bestDistance = Math.max(2, (key.length() - key.lastIndexOf('.')) / 2);
    for (String candidate : candidates) {
      int distance = editDistance(key, candidate);
      if (distance <= bestDistance && (best == null || distance < bestDistance)) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  private static int editDistance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
