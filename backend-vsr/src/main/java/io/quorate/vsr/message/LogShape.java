// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.vsr.message;

import io.quorate.core.check.Check;
import io.quorate.core.log.ChainHash;
import io.quorate.core.log.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a log consists of, without its bodies: which view prepared each op. The primary of a view
 * prepares one entry for an op, on top of a log that it does not change, so two logs that have the
 * same view of origin at an op are the same up to it. A few runs so say of millions of ops what a
 * list of their headers would say.
 *
 * @param base op before the first one described; everything up to it is committed
 * @param baseView view of origin of the op at {@code base}
 * @param runs ops of the same view of origin, ascending; the first begins at {@code base + 1}
 * @param op the last op; {@code base} if there is none behind it
 * @param hash H(op); null where it is not known
 */
public record LogShape(
    long base, long baseView, List<Run> runs, long op, @Nullable ChainHash hash) {

  /** Ops from {@code firstOp} to the next run, or to the end, were prepared in {@code view}. */
  public record Run(long firstOp, long view) {}

  /** Refuses what is no log. */
  public LogShape {
    String wrong = whatIsWrong(base, baseView, runs, op);
    Check.that(wrong == null, "not the shape of a log: %s in %s", "" + wrong, "" + runs);
  }

  /** Why these are not the parts of a shape; null if they are. */
  public static @Nullable String whatIsWrong(long base, long baseView, List<Run> runs, long op) {
    if (base < 0 || baseView < 0 || op < base) {
      return "base " + base + " of view " + baseView + ", op " + op;
    }
    if (runs.isEmpty() != (op == base)) {
      return runs.size() + " runs for ops " + (base + 1) + ".." + op;
    }
    long firstOp = base;
    long view = baseView;
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      boolean follows = i == 0 ? run.firstOp == base + 1 : run.firstOp > firstOp;
      boolean later = i == 0 ? run.view >= view : run.view > view;
      if (!follows || !later || run.firstOp > op) {
        return "run of view " + run.view + " at op " + run.firstOp;
      }
      firstOp = run.firstOp;
      view = run.view;
    }
    return null;
  }

  /** Whether the shape tells the view of origin of {@code at}. */
  public boolean has(long at) {
    return at >= base && at <= op;
  }

  /** View of origin of an op that {@link #has} confirms. */
  public long viewAt(long at) {
    Check.that(has(at), "op %s is outside of %s..%s", at, base, op);
    int run = runOf(at);
    return run < 0 ? baseView : runs.get(run).view;
  }

  /** View of origin of the last op. */
  public long lastView() {
    return viewAt(op);
  }

  private int runOf(long at) {
    int found = -1;
    while (found + 1 < runs.size() && runs.get(found + 1).firstOp <= at) {
      found++;
    }
    return found;
  }

  private long firstOpOfRun(long at) {
    int run = runOf(at);
    return run < 0 ? base : runs.get(run).firstOp;
  }

  /**
   * Up to where this log and the other are known to be the same: the last op that both describe
   * alike; −1 if they describe none alike.
   */
  public long agreement(LogShape other) {
    long floor = Math.max(base, other.base);
    long at = Math.min(op, other.op);
    while (at >= floor) {
      long mine = viewAt(at);
      long theirs = other.viewAt(at);
      if (mine == theirs) {
        return at;
      }
      // Views of origin never decrease along a log, so the later run has no equal further down.
      at = (mine > theirs ? firstOpOfRun(at) : other.firstOpOfRun(at)) - 1;
    }
    return -1;
  }

  /** The same log without what follows {@code last}. */
  public LogShape cutAfter(long last) {
    Check.that(has(last), "op %s is outside of %s..%s", last, base, op);
    if (last == op) {
      return this;
    }
    List<Run> kept = new ArrayList<>();
    for (Run run : runs) {
      if (run.firstOp <= last) {
        kept.add(run);
      }
    }
    return new LogShape(base, baseView, kept, last, null);
  }

  /** The same log described from behind {@code newBase} on. */
  public LogShape from(long newBase) {
    Check.that(has(newBase), "op %s is outside of %s..%s", newBase, base, op);
    List<Run> kept = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      boolean reaches = i + 1 == runs.size() || runs.get(i + 1).firstOp > newBase + 1;
      if (run.firstOp > newBase) {
        kept.add(run);
      } else if (reaches && newBase < op) {
        kept.add(new Run(newBase + 1, run.view));
      }
    }
    return new LogShape(newBase, viewAt(newBase), kept, op, hash);
  }

  /**
   * What is still to come of this log after {@code entry}, which must be its op; null if nothing.
   */
  public @Nullable LogShape behind(Entry entry) {
    long at = entry.slot();
    Check.that(
        viewAt(at) == entry.epoch(),
        "op %s was prepared in view %s, the log of the view has another one",
        at,
        entry.epoch());
    if (at < op) {
      return from(at);
    }
    Check.that(
        hash == null || hash.equals(entry.hash()), "op %s ends another log than the view's", at);
    return null;
  }
}
