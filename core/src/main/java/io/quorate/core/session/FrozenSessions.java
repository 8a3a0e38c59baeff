// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.session;

import io.quorate.core.log.ChainHash;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The content of a {@link SessionTable} at one slot; immutable. To be used by one thread at a time,
 * beside the table's own.
 */
public final class FrozenSessions {
  private final byte[] header;
  private final Session[] rows;
  private boolean sorted;

  FrozenSessions(byte[] header, Session[] rows) {
    this.header = header;
    this.rows = rows;
  }

  /**
   * What all sessions share, encoded.
   *
   * <pre>
   * offset  bytes
   *      0      8  consensus time of the last leader's takeover
   *      8      4  number of sessions
   *     12     16  the limits of {@link SessionLimits}, 4 bytes each
   *     28      4  zero
   * </pre>
   */
  public byte[] header() {
    return header;
  }

  /** Number of sessions. */
  public int count() {
    return rows.length;
  }

  /** One session, encoded; ascending by id. */
  public byte[] session(int ordinal) {
    return SessionCodec.encode(row(ordinal), true);
  }

  /** See {@link SessionTable#digest}. */
  public ChainHash digest() {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    sha256.update(header);
    for (int i = 0; i < rows.length; i++) {
      sha256.update(SessionCodec.encode(row(i), false));
    }
    return ChainHash.read(sha256.digest(), 0);
  }

  private Session row(int ordinal) {
    if (!sorted) {
      // Not at the cut: the thread that applies is not to wait for it.
      Arrays.sort(rows, Comparator.comparingLong(row -> row.id));
      sorted = true;
    }
    return rows[ordinal];
  }
}
