// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.node.config;

import java.util.List;

/**
 * The configuration cannot be used: everything that is wrong with it, found before anything was
 * started. Carries no stack trace: it describes a file, not a place in the code.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialized
  private final List<String> problems;

  /** Names one problem in one sentence. */
  public ConfigurationException(String problem) {
    this(List.of(problem));
  }

  /** Names all problems, each in one sentence. */
  public ConfigurationException(List<String> problems) {
    super(join(problems), null, false, false);
    this.problems = List.copyOf(problems);
  }

  /** Each problem in one sentence; at least one. */
  public List<String> problems() {
    return problems;
  }

  private static String join(List<String> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("no problem was named");
    }
    return problems.size() == 1
        ? problems.get(0)
        : problems.size()
            + " problems in the configuration:\n  - "
            + String.join("\n  - ", problems);
  }
}
