// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

/**
 * What a client draws at random to name its opening of a session, so that a repeated opening finds
 * the session of the first.
 */
public record Nonce(long high, long low) implements Comparable<Nonce> {

  @Override
  public int compareTo(Nonce other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
