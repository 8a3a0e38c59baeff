// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim;

import io.quorate.sim.fault.Times;
import io.quorate.sim.trace.SpaceTime;
import io.quorate.sim.trace.TraceKind;
import io.quorate.sim.trace.TraceLine;
import java.util.List;

/**
 * A failed run that was made smaller, as a text to read and to run: a script of {@link SimScript},
 * and in its comments what does not hold, what became of replicas and leaders before, and the last
 * events in a column for each replica.
 */
public final class AnnotatedTrace {
  private static final int STORY_LINES_MAX = 100;
  private static final int LAST_LINES_MAX = 200;

  private AnnotatedTrace() {}

  /**
   * Writes the text.
   *
   * @param found the run as it failed first
   * @param smaller what is left of it, with its whole trace
   * @param replay line for the shell that runs the text
   */
  public static String of(SimResult found, SimResult smaller, String replay) {
    StringBuilder text = new StringBuilder();
    comment(text, smaller.verdict() + ": " + smaller.failure());
    comment(text, "found by   " + found.reproduce());
    comment(text, "run again  " + replay);
    comment(text, "smaller    " + difference(found.plan(), smaller.plan()));
    text.append(SimScript.text(smaller.plan()));
    List<TraceLine> lines = smaller.trace();
    int last = Math.max(0, lines.size() - LAST_LINES_MAX);
    List<TraceLine> story =
        lines.subList(0, last).stream().filter(line -> isStory(line.kind())).toList();
    comment(text, "");
    comment(text, "What became of replicas and leaders before the last events:");
    for (TraceLine line :
        story.subList(Math.max(0, story.size() - STORY_LINES_MAX), story.size())) {
      comment(text, line.toString());
    }
    comment(text, "");
    comment(text, "The last " + (lines.size() - last) + " of " + lines.size() + " events:");
    comment(text, SpaceTime.draw(lines.subList(last, lines.size())).stripTrailing());
    return text.toString();
  }

  /** What was cut away, in one line. */
  public static String difference(SimPlan found, SimPlan smaller) {
    return String.format(
        "%s instead of %s, %d faults instead of %d, %d clients instead of %d%s",
        Times.text(smaller.timeNanos()),
        Times.text(found.timeNanos()),
        smaller.faults().size(),
        found.faults().size(),
        smaller.workload().clients(),
        found.workload().clients(),
        smaller.hasCalmNetwork() && !found.hasCalmNetwork() ? ", a calm network" : "");
  }

  private static boolean isStory(TraceKind kind) {
    return switch (kind) {
      case FAULT, LIFE, ROLE, SNAPSHOT, VIOLATION -> true;
      case SEND, DELIVER, DROP, PERSIST, COMMIT, CALL, REPLY, NOTE, STORE -> false;
    };
  }

  private static void comment(StringBuilder text, String lines) {
    for (String line : lines.split("\n", -1)) {
      text.append(("# " + line).stripTrailing()).append('\n');
    }
  }
}
