// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.util.List;

/**
 * What the history of a run showed.
 *
 * @param checked calls that the linearizability check went through
 * @param linearizable whether every key's calls can be put in one order that explains all answers
 * @param lost acknowledged writes that the final state does not have
 * @param duplicates writes that were applied more than once
 * @param statesAgree whether all replicas that ran to the end hold the same state
 * @param problems what is wrong, for people; empty if nothing is
 */
public record HistoryVerdict(
    long checked,
    boolean linearizable,
    long lost,
    long duplicates,
    boolean statesAgree,
    List<String> problems) {

  /** Whether the run counts. */
  public boolean good() {
    return linearizable && lost == 0 && duplicates == 0 && statesAgree && problems.isEmpty();
  }
}
