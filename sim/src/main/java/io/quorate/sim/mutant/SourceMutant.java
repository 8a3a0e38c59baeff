// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.mutant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One or more shipped classes with a piece of their source replaced. The rest of the class path is
 * what the test runs on.
 *
 * <pre>{@code
 * Sighting seen = SourceMutant.named("acknowledge before sync")
 *     .replace("core", LogWriter.class, "sync();\n    release();", "release();\n    sync();")
 *     .hunt(Swarm.class, 1, 10);
 * }</pre>
 *
 * <p>The text to replace must be found exactly once: a mutant whose rule was rewritten fails its
 * test instead of silently changing nothing. Immutable.
 */
public final class SourceMutant {

  /**
   * What the checks saw of a mutant.
   *
   * @param seed of the world in which they did
   * @param failure what they said
   */
  public record Sighting(long seed, String failure) {}

  /**
   * One replacement.
   *
   * @param module folder of the module that ships the class
   * @param className of a top-level class
   */
  private record Replacement(String module, String className, String before, String after) {}

  private final String name;
  private final List<Replacement> replacements;

  private SourceMutant(String name, List<Replacement> replacements) {
    this.name = name;
    this.replacements = replacements;
  }

  /** A mutant that replaces nothing yet: what it runs is the shipped code, in its own classes. */
  public static SourceMutant named(String name) {
    return new SourceMutant(name, List.of());
  }

  /** The same with one more replacement in the source of a top-level class. */
  public SourceMutant replace(String module, Class<?> shipped, String before, String after) {
    return replace(module, shipped.getName(), before, after);
  }

  /** The same for a class that the test cannot name. */
  public SourceMutant replace(String module, String className, String before, String after) {
    List<Replacement> more = new ArrayList<>(replacements);
    more.add(new Replacement(module, className, before, after));
    return new SourceMutant(name, List.copyOf(more));
  }

  /** What breaks the rule, in a few words. */
  public String name() {
    return name;
  }

  /** The source of the replaced classes, by class name. */
  public Map<String, String> sources() {
    Map<String, String> sources = new TreeMap<>();
    for (Replacement replacement : replacements) {
      String source = sources.get(replacement.className());
      if (source == null) {
        source = read(replacement);
      }
      sources.put(replacement.className(), replaced(source, replacement));
    }
    return sources;
  }

  /**
   * Compiles the mutant and tries worlds on it, seed after seed, until something is noticed.
   *
   * @param worlds what was noticed in the world of a seed, null if nothing; with a constructor
   *     without parameters. All of {@code io.quorate} is loaded anew for this call, so it shares no
   *     state with the test
   * @return null if nothing was noticed in any
   * @throws AssertionError if a replacement does not apply or does not compile
   */
  public @Nullable Sighting hunt(
      Class<? extends LongFunction<@Nullable String>> worlds, long firstSeed, int seeds) {
    return inside(
        worlds,
        object -> {
          LongFunction<?> tried = (LongFunction<?>) object;
          for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            Object noticed = tried.apply(seed);
            if (noticed != null) {
              return new Sighting(seed, noticed.toString());
            }
          }
          return null;
        });
  }

  /**
   * Compiles the mutant and runs a test method on it, in classes of its own as {@link #hunt} does.
   *
   * @return why the test failed; null if it did not
   * @throws AssertionError if a replacement does not apply or does not compile
   */
  public @Nullable String tell(Class<?> test, String method) {
    return inside(
        test,
        object -> {
          Method story = object.getClass().getDeclaredMethod(method);
          story.setAccessible(true);
          try {
            story.invoke(object);
            return null;
          } catch (InvocationTargetException e) {
            if (e.getCause() instanceof AssertionError failed) {
              return String.valueOf(failed.getMessage());
            }
            throw e;
          }
        });
  }

  private <R extends @Nullable Object> R inside(Class<?> entryPoint, MutantLoader.Use<R> use) {
    Map<String, byte[]> compiled = MemoryCompiler.compile(name, sources());
    try (MutantLoader loader = new MutantLoader(compiled)) {
      return loader.use(entryPoint.getName(), use);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String replaced(String source, Replacement replacement) {
    int at = source.indexOf(replacement.before());
    if (at < 0) {
      throw new AssertionError(
          "mutant \""
              + name
              + "\": "
              + replacement.className()
              + " no longer contains:\n"
              + replacement.before());
    }
    if (source.indexOf(replacement.before(), at + 1) >= 0) {
      throw new AssertionError(
          "mutant \""
              + name
              + "\": "
              + replacement.className()
              + " contains more than once:\n"
              + replacement.before());
    }
    return source.substring(0, at)
        + replacement.after()
        + source.substring(at + replacement.before().length());
  }

  private String read(Replacement replacement) {
    Path file =
        root()
            .resolve(replacement.module())
            .resolve("src/main/java")
            .resolve(replacement.className().replace('.', '/') + ".java");
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError("mutant \"" + name + "\": " + file + " cannot be read", e);
    }
  }

  /** The root of the repository: told by the build, else the nearest folder with an api module. */
  private static Path root() {
    String told = System.getProperty("quorate.root");
    if (told != null) {
      return Path.of(told);
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("api/src/main/java"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("the sources are not above " + Path.of("").toAbsolutePath());
    }
    return folder;
  }

  @Override
  public String toString() {
    return name;
  }
}
