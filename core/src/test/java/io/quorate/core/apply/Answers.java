// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.core.apply;

import io.quorate.core.protocol.Refusal;
import io.quorate.core.session.OpenSession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what an applier answers, one line a command, and insists on their order. */
final class Answers implements Applier.Replies {
  final List<String> lines = new ArrayList<>();
  private int next;

  void begin() {
    next = 0;
  }

  @Override
  public void done(int ordinal, long index, long epoch, byte[] result) {
    expect(ordinal);
    lines.add(index + "@" + epoch + " " + new String(result, StandardCharsets.ISO_8859_1));
  }

  @Override
  public void refused(int ordinal, Refusal why) {
    expect(ordinal);
    lines.add(why.code() + " " + why.text());
  }

  /** The answer to an opening, as {@link #lines} have it. */
  static String opened(long session, long ttlNanos) {
    byte[] result = OpenSession.encodeResult(session, ttlNanos);
    return new String(result, StandardCharsets.ISO_8859_1);
  }

  String last() {
    return lines.get(lines.size() - 1);
  }

  private void expect(int ordinal) {
    if (ordinal != next++) {
      throw new AssertionError("answer " + ordinal + " came where " + (next - 1) + " was due");
    }
  }
}
