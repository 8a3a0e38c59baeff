// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.batch;

/**
 * Which commands of which sessions were admitted here of late, so that one that is sent again can
 * be told from a new one before it is logged. A hint, not a promise: it forgets sessions at will,
 * and what it does not know is logged and told apart at apply, where alone it counts.
 *
 * <p>A dense range of sequence numbers for each session, in a direct-mapped table: a few
 * nanoseconds a command. The table begins small, for groups that have few callers, and doubles when
 * two sessions want the same row, up to {@link #ROWS_MAX}. Not safe for several threads.
 *
 * <p>Invariant: a number within a valid row's range was admitted since the last {@link #forget}.
 */
final class AdmittedSequences {
  static final int ROWS_MAX = 4096;
  private static final int ROWS_AT_FIRST = 16;
  private static final int STRIDE = 4;
  private static final int SESSION = 0;
  private static final int FROM = 1;
  private static final int THROUGH = 2;
  private static final int GENERATION = 3;

  private long[] rows = new long[ROWS_AT_FIRST * STRIDE];
  private long generation = 1;

  /** Notes an admission; false if the same command was admitted before. */
  boolean admit(long session, long sequence) {
    int row = rowOf(session);
    while (rows[row + SESSION] != session
        && rows[row + GENERATION] == generation
        && rows.length < ROWS_MAX * STRIDE) {
      grow();
      row = rowOf(session);
    }
    if (rows[row + SESSION] == session && rows[row + GENERATION] == generation) {
      long through = rows[row + THROUGH];
      if (sequence == through + 1) {
        rows[row + THROUGH] = sequence;
        return true;
      }
      if (sequence <= through) {
        // Below the range nothing is known: the command may have been admitted by another leader.
        return sequence < rows[row + FROM];
      }
    }
    rows[row + SESSION] = session;
    rows[row + FROM] = sequence;
    rows[row + THROUGH] = sequence;
    rows[row + GENERATION] = generation;
    return true;
  }

  /** What was admitted so far may not be on its way any more. */
  void forget() {
    generation++;
  }

  /** Changes with every {@link #forget}. */
  long generation() {
    return generation;
  }

  /** Rows of the table. */
  int rows() {
    return rows.length / STRIDE;
  }

  /** Each row has two places in the larger table, so that none displaces another. */
  private void grow() {
    long[] old = rows;
    rows = new long[old.length * 2];
    for (int row = 0; row < old.length; row += STRIDE) {
      if (old[row + GENERATION] == generation) {
        System.arraycopy(old, row, rows, rowOf(old[row + SESSION]), STRIDE);
      }
    }
  }

  private int rowOf(long session) {
    long mixed = session * 0x9E3779B97F4A7C15L;
    int bits = Integer.numberOfTrailingZeros(rows.length / STRIDE);
    return (int) (mixed >>> (Long.SIZE - bits)) * STRIDE;
  }
}
