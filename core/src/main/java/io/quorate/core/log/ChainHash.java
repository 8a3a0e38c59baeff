// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * H(slot): the first 128 bits of SHA-256 over an entry's header, which holds the hash of its body
 * and H(slot − 1). Equal hashes at one slot mean equal logs up to it.
 */
public record ChainHash(long high, long low) {
  /** Bytes that a hash takes in a header. */
  public static final int BYTES = 16;

  /** H(0): what the first entry of a log names as its parent. */
  public static final ChainHash ROOT = new ChainHash(0, 0);

  static ChainHash of(byte[] bytes, int offset, int length) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    sha256.update(bytes, offset, length);
    return read(sha256.digest(), 0);
  }

  /** Reads a hash from its 16 bytes. */
  public static ChainHash read(byte[] bytes, int offset) {
    return new ChainHash(Bytes.getLong(bytes, offset), Bytes.getLong(bytes, offset + 8));
  }

  /** Writes the 16 bytes of this hash. */
  public void write(byte[] bytes, int offset) {
    Bytes.putLong(bytes, offset, high);
    Bytes.putLong(bytes, offset + 8, low);
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
