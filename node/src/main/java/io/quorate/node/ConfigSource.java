// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import io.quorate.node.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where settings come from: file, environment, system properties, overrides. */
final class ConfigSource {
  static final String ROOT = "quorate";

  private ConfigSource() {}

  /** Reads and layers all sources; throws {@link ConfigurationException}. */
  static Config read(Path file, Map<String, String> overrides) {
    String name = file.toString();
    if (Files.isDirectory(file)) {
      throw new ConfigurationException(name + " is a folder, not a configuration file");
    }
    if (!Files.exists(file)) {
      throw new ConfigurationException("the configuration file " + name + " does not exist");
    }
    if (!Files.isReadable(file)) {
      throw new ConfigurationException("the configuration file " + name + " cannot be read");
    }
    Config parsed = parse(file);
    if (parsed.isEmpty()) {
      throw new ConfigurationException(
          name + " is empty; it needs a section " + ROOT + " { ... } with group, backend, members");
    }
    if (!parsed.hasPath(ROOT)) {
      throw new ConfigurationException(
          name + " has no section " + ROOT + " { ... } around its settings");
    }
    return resolve(
        overrides(overrides)
            .withFallback(systemProperties())
            .withFallback(ConfigFactory.systemEnvironmentOverrides())
            .withFallback(parsed));
  }

  /** Reads text below overrides; throws {@link ConfigurationException}. */
  static Config text(String hocon, Map<String, String> overrides) {
    try {
      return resolve(overrides(overrides).withFallback(ConfigFactory.parseString(hocon)));
    } catch (ConfigException e) {
      throw syntax("the configuration", e);
    }
  }

  private static Config parse(Path file) {
    try {
      return ConfigFactory.parseFile(
          file.toFile(),
          ConfigParseOptions.defaults().setAllowMissing(false).setSyntax(ConfigSyntax.CONF));
    } catch (ConfigException e) {
      throw syntax(file.toString(), e);
    }
  }

  private static Config resolve(Config config) {
    try {
      return config.resolve(ConfigResolveOptions.defaults());
    } catch (ConfigException e) {
      throw syntax("the configuration", e);
    }
  }

  private static Config overrides(Map<String, String> overrides) {
    Map<String, String> full = new LinkedHashMap<>();
    overrides.forEach(
        (key, value) -> full.put(key.startsWith(ROOT + ".") ? key : ROOT + "." + key, value));
    try {
      return ConfigFactory.parseMap(full, "--set");
    } catch (ConfigException e) {
      throw new ConfigurationException(
          "--set wants key=value with a key such as raft.pre-vote: " + firstSentence(e));
    }
  }

  /** As they are now: the library's own view of them is that of its first use. */
  private static Config systemProperties() {
    return ConfigFactory.parseProperties(
            System.getProperties(),
            ConfigParseOptions.defaults().setOriginDescription("system properties"))
        .withOnlyPath(ROOT);
  }

  private static ConfigurationException syntax(String name, ConfigException e) {
    int line = e.origin() == null ? -1 : e.origin().lineNumber();
    return new ConfigurationException(
        name + (line > 0 ? ", line " + line : "") + " is not valid HOCON: " + firstSentence(e));
  }

  /** The library puts the place in front of the problem and long advice behind it: drop both. */
  private static String firstSentence(ConfigException e) {
    String message = String.valueOf(e.getMessage());
    if (e.origin() != null) {
      String place = e.origin().description() + ": ";
      if (message.startsWith(place)) {
        message = message.substring(place.length());
      }
    }
    int advice = message.indexOf(" (if you intended");
    return (advice > 0 ? message.substring(0, advice) : message).replace('\n', ' ').strip();
  }
}
