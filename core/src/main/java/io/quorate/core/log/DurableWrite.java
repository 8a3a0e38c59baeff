// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a replica's durable state, all or nothing. Parts take effect in the order of the
 * components.
 *
 * @param token ascending; reported back once the write is durable
 * @param hardState the protocol's own small record (term and vote, view, …) encoded by it; null
 *     leaves it as it is
 * @param repair entries put back in the place of damaged ones: of slots in the log as it is, each
 *     with the very hash that the header there has
 * @param truncateFrom forget this slot and all after it; 0 forgets nothing
 * @param base the log now begins after this slot: forget everything up to it, and remember its
 *     epoch and hash; null leaves the beginning as it is
 * @param append entries that follow the last one
 */
public record DurableWrite(
    long token,
    byte @Nullable [] hardState,
    List<Entry> repair,
    long truncateFrom,
    @Nullable LogBase base,
    List<Entry> append) {

  /** A change that repairs nothing. */
  public DurableWrite(
      long token,
      byte @Nullable [] hardState,
      long truncateFrom,
      @Nullable LogBase base,
      List<Entry> append) {
    this(token, hardState, List.of(), truncateFrom, base, append);
  }

  /** A change that does nothing but put entries back. */
  public static DurableWrite repairing(long token, List<Entry> repair) {
    return new DurableWrite(token, null, repair, 0, null, List.of());
  }
}
