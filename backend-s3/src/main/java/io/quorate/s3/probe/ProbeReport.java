// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a probe found, a line for each requirement.
 *
 * @param leftBehind scratch keys that could not be deleted
 */
public record ProbeReport(List<Line> lines, List<String> leftBehind) {

  /** How a requirement fared. */
  public enum Verdict {
    /** Nothing was found against it. */
    KEPT,
    /** The store was seen to break it. */
    BROKEN,
    /** The store did not answer clearly enough to tell. */
    UNKNOWN
  }

  /**
   * One requirement.
   *
   * @param detail what was tried and seen, for people
   */
  public record Line(Requirement requirement, Verdict verdict, String detail, long millis) {}

  /** Whether everything that is vital is kept. */
  public boolean fit() {
    return lines.stream()
        .noneMatch(line -> line.requirement().vital() && line.verdict() != Verdict.KEPT);
  }

  /** Whether something vital was seen to be broken: to try again will not help. */
  public boolean unfit() {
    return lines.stream()
        .anyMatch(line -> line.requirement().vital() && line.verdict() == Verdict.BROKEN);
  }

  /**
   * Why nothing may be written to the store; empty if it is fit.
   *
   * @param place the store, for people
   */
  public Optional<String> refusal(String place) {
    if (fit()) {
      return Optional.empty();
    }
    if (!unfit()) {
      String reasons =
          vital(Verdict.UNKNOWN).map(Line::detail).distinct().collect(Collectors.joining("; "));
      return Optional.of("%s could not be probed: %s".formatted(place, reasons));
    }
    String found =
        vital(Verdict.BROKEN)
            .map(line -> line.requirement().sentence() + " (" + line.detail() + ")")
            .collect(Collectors.joining("; "));
    return Optional.of(
        "%s would lose acknowledged commands, it breaks: %s. Use a store whose conditional writes"
                .formatted(place, found)
            + " are atomic");
  }

  private Stream<Line> vital(Verdict verdict) {
    return lines.stream().filter(line -> line.requirement().vital() && line.verdict() == verdict);
  }
}
