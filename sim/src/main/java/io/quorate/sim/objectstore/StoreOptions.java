// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.objectstore;

/**
 * What a store is like before anything goes wrong.
 *
 * @param leastNanos time that every request takes, to the store and back
 * @param meanNanos mean of what it takes on top, for each way
 * @param tailRate share of requests that take much longer
 * @param tailMeanNanos mean of what those take on top
 * @param conflictRate share of writes that are answered with 409 while another one for the same key
 *     is under way
 * @param listPageMax keys in one answer to a list
 * @param hidesAbsence whether absence is answered with 403, as to callers that may not list
 */
public record StoreOptions(
    long leastNanos,
    long meanNanos,
    double tailRate,
    long tailMeanNanos,
    double conflictRate,
    int listPageMax,
    boolean hidesAbsence) {

  /** A store on a good day: 6 to 20 ms for a request. */
  public static final StoreOptions CALM =
      new StoreOptions(6_000_000, 2_000_000, 0, 0, 0, 1_000, false);

  /** The same for callers that may not list. */
  public StoreOptions hidingAbsence() {
    return new StoreOptions(
        leastNanos, meanNanos, tailRate, tailMeanNanos, conflictRate, listPageMax, true);
  }
}
