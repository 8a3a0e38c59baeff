// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.probe;

/** What is asked of a store. */
public enum Requirement {
  /** A read sees every write and deletion that ended before it; the absence of a key is told. */
  READ_AFTER_WRITE("a read sees every write that ended before it", true),
  /** {@code If-None-Match: *} never writes over an object. */
  CREATE_ONLY("a create leaves what is there alone", true),
  /** {@code If-Match} writes over the object with that ETag only. */
  COMPARE_AND_SET("a replacement needs the present ETag", true),
  /** Other bytes have another ETag, and readers get the one that the writer got. */
  ETAGS("an ETag tells one content from another", true),
  /** A read with {@code If-None-Match} is spared what it has. */
  CONDITIONAL_READ("a read is told that nothing changed", true),
  /** Of many creates at the same time one wins. */
  ATOMIC_CREATE("of many creates at once one wins", true),
  /** Of many replacements at the same time one wins. */
  ATOMIC_REPLACE("of many replacements at once one wins", true),
  /** Reads beside writes are whole and of one of the two. */
  WHOLE_READS("a read beside a write is whole", true),
  /** Lists find keys; only tidying up needs them. */
  LIST("a list finds what is there", false);

  private final String sentence;
  private final boolean vital;

  Requirement(String sentence, boolean vital) {
    this.sentence = sentence;
    this.vital = vital;
  }

  /** What it says, for people. */
  public String sentence() {
    return sentence;
  }

  /** Whether acknowledged commands may be lost without it. */
  public boolean vital() {
    return vital;
  }
}
