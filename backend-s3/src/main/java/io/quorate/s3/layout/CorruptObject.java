// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.layout;

/** What was read under a key is not what belongs there. */
public final class CorruptObject extends Exception {
  private static final long serialVersionUID = 1L;

  private final String key;

  /** The object at {@code key} is wrong because of {@code reason}. */
  public CorruptObject(String key, String reason) {
    super("object " + key + " cannot be used: " + reason);
    this.key = key;
  }

  /** Like {@link #CorruptObject(String, String)}, with what found it. */
  public CorruptObject(String key, String reason, Throwable cause) {
    super("object " + key + " cannot be used: " + reason, cause);
    this.key = key;
  }

  /** Where the object is. */
  public String key() {
    return key;
  }
}
